// HTML to a tree, with a limit on nodes, on attributes and on depth while it is built. Beyond it the tree ends where it had
// come to.
import { defaultTreeAdapter, html as names, Parser } from "parse5";
import type { DefaultTreeAdapterMap, DefaultTreeAdapterTypes, Token, TreeAdapter } from "parse5";
import { HTML_ATTRIBUTES_MAX, HTML_NODES_MAX } from "../limits.ts";
import { type Beyond, isRaw } from "./text-beyond.ts";

export type Document = DefaultTreeAdapterTypes.Document;
export type Element = DefaultTreeAdapterTypes.Element;
export type ChildNode = DefaultTreeAdapterTypes.ChildNode;

/** The parser's work grows with nodes times open elements. Far above what is shown, far below what hurts. */
const OPEN_ELEMENTS_MAX = 1_000;

export interface ParsedHtml {
  readonly document: Document;
  /** The tree ends before the text does. */
  readonly isTooLarge: boolean;
  /** What is behind the end of the tree. */
  readonly beyond: Beyond;
}

class TooLarge extends Error {
  /** The element that had no room. */
  readonly within: string | undefined;

  constructor(within?: string) {
    super();
    this.within = within;
  }
}

const htmlName = (tag: string, namespace: string): string | undefined =>
  namespace === names.NS.HTML ? tag : undefined;
const nameOf = (node: object): string | undefined =>
  "tagName" in node ? htmlName((node as Element).tagName, (node as Element).namespaceURI) : undefined;

/** Knows which letters are on their way into the tree. */
class NotingParser extends Parser<DefaultTreeAdapterMap> {
  letters = "";

  override onCharacter(token: Token.CharacterToken): void {
    this.letters = token.chars;
    super.onCharacter(token);
    this.letters = "";
  }
}

const DEPTH = Symbol("depth");
type Placed = object & { [DEPTH]?: number };

export function parseHtml(html: string): ParsedHtml {
  let document = defaultTreeAdapter.createDocument();
  let nodes = 0;
  const count = (within?: string): void => {
    if (++nodes > HTML_NODES_MAX) throw new TooLarge(within);
  };
  // An element that was never closed is opened anew in each paragraph, with all it says.
  let said = 0;
  const countSaid = (attributes: readonly Token.Attribute[], within: string | undefined): void => {
    for (const { name, value } of attributes) said += name.length + value.length;
    if (said > HTML_ATTRIBUTES_MAX) throw new TooLarge(within);
  };
  const deepen = (parent: Placed, child: Placed): void => {
    const depth = (parent[DEPTH] ?? 0) + 1;
    if (depth > OPEN_ELEMENTS_MAX) throw new TooLarge(nameOf(child));
    child[DEPTH] = depth;
  };
  const treeAdapter: TreeAdapter<DefaultTreeAdapterMap> = {
    ...defaultTreeAdapter,
    createDocument: () => (document = defaultTreeAdapter.createDocument()),
    createElement(tag, namespace, attributes) {
      count(htmlName(tag, namespace));
      countSaid(attributes, htmlName(tag, namespace));
      return defaultTreeAdapter.createElement(tag, namespace, attributes);
    },
    createCommentNode(data) {
      count();
      return defaultTreeAdapter.createCommentNode(data);
    },
    insertText(parent, text) {
      const before = parent.childNodes.length;
      defaultTreeAdapter.insertText(parent, text);
      parser.letters = "";
      if (parent.childNodes.length === before) return;
      // A style sheet is not cut in two: the next node has no room.
      if (isRaw(nameOf(parent))) nodes += 1;
      else count();
    },
    appendChild(parent, child) {
      deepen(parent as Placed, child as Placed);
      defaultTreeAdapter.appendChild(parent, child);
    },
    insertBefore(parent, child, reference) {
      deepen(parent as Placed, child as Placed);
      defaultTreeAdapter.insertBefore(parent, child, reference);
    },
  };
  // A mail is shown without scripts, so what stands in <noscript> is part of it.
  const parser = new NotingParser({ treeAdapter, scriptingEnabled: false });
  try {
    parser.tokenizer.write(html, true);
    return { document, isTooLarge: false, beyond: { html: "", within: undefined } };
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    const { offset } = parser.tokenizer.preprocessor;
    // It stands at the end of the tag it has read last.
    const rest = html.slice(html[offset] === ">" ? offset + 1 : offset);
    const beyond = { html: `${parser.letters.replaceAll("<", "&lt;")}${rest}`, within: error.within };
    return { document, isTooLarge: true, beyond };
  }
}

export function isElement(node: ChildNode): node is Element {
  return "tagName" in node;
}

export function attributeOf(element: Element, name: string): string | undefined {
  return element.attrs.find((attribute) => attribute.name === name && attribute.prefix === undefined)?.value;
}
