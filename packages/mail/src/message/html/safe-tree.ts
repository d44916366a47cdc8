// The rebuilt tree and the text it is written as. Written from scratch: every name comes from our tables, every value is
// escaped, and no element holds raw text, so that parsing it again gives the same tree.
import { VOID } from "./elements.ts";

export interface SafeElement {
  readonly tag: string;
  attributes: readonly (readonly [name: string, value: string])[];
  children: SafeNode[];
}

export type SafeNode = SafeElement | string;

// As deep as the tree is, which is bounded.
export function serialize(nodes: readonly SafeNode[]): string {
  let written = "";
  for (const node of nodes) written += typeof node === "string" ? escapeText(node) : writeElement(node);
  return written;
}

function writeElement({ tag, attributes, children }: SafeElement): string {
  let written = `<${tag}`;
  for (const [name, value] of attributes) written += ` ${name}="${escapeAttribute(value)}"`;
  if (VOID.has(tag)) return `${written}>`;
  // A parser drops one line end at the beginning of these.
  return `${written}>${tag === "pre" ? "\n" : ""}${serialize(children)}</${tag}>`;
}

const IN_TEXT: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\u00a0": "&nbsp;" };
const IN_ATTRIBUTE: Readonly<Record<string, string>> = {
  ...IN_TEXT,
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
  "=": "&#61;",
};

function escapeText(text: string): string {
  return text.replace(/[&<>\u00a0]/g, (character) => IN_TEXT[character] ?? "");
}

/** More than must be: what was escaped for one parser stays harmless for another. */
export function escapeAttribute(value: string): string {
  return value.replace(/[&<>"'`=\u00a0]/g, (character) => IN_ATTRIBUTE[character] ?? "");
}
