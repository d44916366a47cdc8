// The rebuilt tree and the text it is written as. Written from scratch: every name comes from our tables, every value is
// escaped, and no element holds raw text, so that a browser finds no other element, attribute or text in it.
import { HTML_PAGE_CHARACTERS_MAX } from "../limits.ts";
import { ReadingError } from "../reading-error.ts";
import { VOID } from "./elements.ts";

export interface SafeElement {
  readonly tag: string;
  attributes: readonly (readonly [name: string, value: string])[];
  children: SafeNode[];
}

export type SafeNode = SafeElement | string;

export interface Serialized {
  readonly html: string;
  /** Nothing is left out for want of room. */
  readonly isWhole: boolean;
}

/** Throws ReadingError `too-large` where it comes to more characters than there is room for. */
export function serialize(nodes: readonly SafeNode[], room = HTML_PAGE_CHARACTERS_MAX): string {
  const { html, isWhole } = serializeWithin(nodes, room);
  if (!isWhole) throw new ReadingError("too-large");
  return html;
}

/** As much of the nodes, in their order, as there is room for. */
export function serializeWithin(nodes: readonly SafeNode[], room = HTML_PAGE_CHARACTERS_MAX): Serialized {
  const writing = new Writing(room);
  writing.add(nodes);
  return writing;
}

/** Stops where it has no room: what a mail grows to is never all in memory. */
class Writing implements Serialized {
  html = "";
  isWhole = true;
  #room: number;

  constructor(room: number) {
    this.#room = room;
  }

  // As deep as the tree is, which is bounded.
  add(nodes: readonly SafeNode[]): void {
    for (const node of nodes) {
      if (typeof node === "string") this.#addText(node);
      else this.#addElement(node);
      if (!this.isWhole) return;
    }
  }

  #addText(text: string): void {
    const written = escapeText(text);
    if (written.length <= this.#room) return this.#write(written);
    this.#write(escapeText(text.slice(0, Math.floor(this.#room / ESCAPED_MAX))));
    this.isWhole = false;
  }

  #addElement({ tag, attributes, children }: SafeElement): void {
    let opening = `<${tag}`;
    let held = 0;
    for (const [name, value] of attributes) {
      const written = ` ${name}="${escapeAttribute(value)}"`;
      opening += written;
      // The images that a page holds have a limit of their own.
      if (name === "src" && value.startsWith("data:")) held += written.length;
    }
    if (VOID.has(tag)) return this.#write(`${opening}>`, held);
    const end = `</${tag}>`;
    // Whatever is opened is closed.
    this.#room -= end.length;
    // A parser drops one line end at the beginning of these.
    this.#write(`${opening}>${tag === "pre" ? "\n" : ""}`, held);
    if (!this.isWhole) return;
    this.add(children);
    this.html += end;
  }

  #write(text: string, held = 0): void {
    this.#room -= text.length - held;
    if (this.#room < 0) this.isWhole = false;
    else this.html += text;
  }
}

const IN_TEXT: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\u00a0": "&nbsp;" };
const IN_ATTRIBUTE: Readonly<Record<string, string>> = {
  ...IN_TEXT,
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
  "=": "&#61;",
};

/** Characters that one becomes in text. */
const ESCAPED_MAX = "&nbsp;".length;

function escapeText(text: string): string {
  return text.replace(/[&<>\u00a0]/g, (character) => IN_TEXT[character] ?? "");
}

/** More than must be: what was escaped for one parser stays harmless for another. */
export function escapeAttribute(value: string): string {
  return value.replace(/[&<>"'`=\u00a0]/g, (character) => IN_ATTRIBUTE[character] ?? "");
}
