// What an answer quotes, folded: one fold around each outermost quoted part, open when there is nothing else to read.
import type { SafeElement, SafeNode } from "./safe-tree.ts";

/** A mark of ours, which no class of a mail can be: those begin with `m-`. */
export const FOLD_CLASS = "quote";

export function foldQuotes(body: SafeElement, quotes: ReadonlySet<SafeElement>): void {
  if (quotes.size > 0) fold(body, quotes, !saysMoreThan(body.children, quotes));
}

function fold(parent: SafeElement, quotes: ReadonlySet<SafeElement>, isOpen: boolean): void {
  parent.children = parent.children.map((child) => {
    if (typeof child === "string") return child;
    if (quotes.has(child)) return folded(child, isOpen);
    fold(child, quotes, isOpen);
    return child;
  });
}

function folded(quote: SafeElement, isOpen: boolean): SafeElement {
  const summary: SafeElement = { tag: "summary", attributes: [], children: ["…"] };
  const attributes: SafeElement["attributes"] = isOpen
    ? [
        ["class", FOLD_CLASS],
        ["open", ""],
      ]
    : [["class", FOLD_CLASS]];
  return { tag: "details", attributes, children: [summary, quote] };
}

function saysMoreThan(nodes: readonly SafeNode[], quotes: ReadonlySet<SafeElement>): boolean {
  return nodes.some((node) => {
    if (typeof node === "string") return node.trim() !== "";
    if (quotes.has(node)) return false;
    return node.tag === "img" || saysMoreThan(node.children, quotes);
  });
}
