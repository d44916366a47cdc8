// Selectors our page may use: elements, classes and how they stand to each other. No attributes, no ids, nothing that
// asks for what a reader did.
import type { CssNode, SelectorList } from "css-tree";
import { ELEMENTS } from "../elements.ts";

const PSEUDO_CLASSES = new Set(["first-child", "last-child", "only-child", "link", "hover"]);
const SELECTORS_MAX = 50;
const PIECES_MAX = 12;

export interface ReadSelector {
  /** Written anew; undefined where our page does not have it. */
  readonly safe: string | undefined;
  /** One element or class and nothing else. */
  readonly isSimple: boolean;
  readonly nodes: readonly CssNode[];
}

export function readSelectors(list: SelectorList): readonly ReadSelector[] {
  return list.children
    .toArray()
    .slice(0, SELECTORS_MAX)
    .flatMap((selector) => (selector.type === "Selector" ? readSelector(selector.children.toArray()) : []));
}

function readSelector(nodes: readonly CssNode[]): ReadSelector {
  const isShort = nodes.length > 0 && nodes.length <= PIECES_MAX;
  const pieces = isShort ? nodes.map(safePiece) : [undefined];
  return { safe: pieces.includes(undefined) ? undefined : pieces.join(""), isSimple: isSimple(nodes), nodes };
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

function isSimple(nodes: readonly CssNode[]): boolean {
  return /^(?:TypeSelector|ClassSelector|TypeSelector ClassSelector)$/.test(nodes.map(({ type }) => type).join(" "));
}
