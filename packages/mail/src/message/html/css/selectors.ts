// Selectors a mail may use: elements, classes and how they stand to each other. No attributes, no ids, nothing that asks
// for what a reader did.
import type { CssNode, SelectorList } from "css-tree";
import { ELEMENTS } from "../elements.ts";

const PSEUDO_CLASSES = new Set(["first-child", "last-child", "only-child", "link", "hover"]);
const SELECTORS_MAX = 50;
const PIECES_MAX = 12;

export interface SafeSelector {
  readonly text: string;
  /** What it selects when it is one element or class and nothing else. */
  readonly simple: { readonly tag: string | undefined; readonly name: string | undefined } | undefined;
}

export function safeSelectors(list: SelectorList): readonly SafeSelector[] {
  return list.children
    .toArray()
    .slice(0, SELECTORS_MAX)
    .flatMap((selector) => (selector.type === "Selector" ? (safeSelector(selector.children.toArray()) ?? []) : []));
}

function safeSelector(nodes: readonly CssNode[]): SafeSelector | undefined {
  if (nodes.length === 0 || nodes.length > PIECES_MAX) return undefined;
  const pieces = nodes.map(safePiece);
  if (pieces.includes(undefined)) return undefined;
  return { text: pieces.join(""), simple: simple(nodes) };
}

function safePiece(node: CssNode): string | undefined {
  switch (node.type) {
    case "TypeSelector": {
      const tag = node.name.toLowerCase();
      return tag === "*" || tag === "body" || ELEMENTS.has(tag) ? tag : undefined;
    }
    case "ClassSelector":
      return /^[\w-]{1,80}$/.test(node.name) ? `.m-${node.name}` : undefined;
    case "Combinator":
      return /^[ >+~]$/.test(node.name) ? node.name : undefined;
    case "PseudoClassSelector":
      return node.children === null && PSEUDO_CLASSES.has(node.name.toLowerCase())
        ? `:${node.name.toLowerCase()}`
        : undefined;
    default:
      return undefined;
  }
}

function simple(nodes: readonly CssNode[]): SafeSelector["simple"] {
  const [first, second, ...more] = nodes;
  if (first === undefined || more.length > 0) return undefined;
  if (first.type === "ClassSelector" && second === undefined) return { tag: undefined, name: first.name };
  if (first.type !== "TypeSelector") return undefined;
  const tag = first.name.toLowerCase();
  if (second === undefined) return { tag, name: undefined };
  return second.type === "ClassSelector" ? { tag, name: second.name } : undefined;
}
