// HTML becomes a document of the editor in two steps: DOMPurify lets through what a message may hold, and the editor's
// own schema, a list of what it knows, takes from that what it can. Text is never made into HTML here.
import { getSchema } from "@tiptap/core";
import { DOMParser, type Node, type Schema, type Slice } from "@tiptap/pm/model";
import { StarterKit } from "@tiptap/starter-kit";
import DOMPurify, { type Config } from "dompurify";
import { type DocumentNode, textDocument } from "./document-text.ts";

const SAFE_LINK = /^(?:https?|mailto):/i;

/** Everything a message that is written here can be made of. */
export const EXTENSIONS = [
  StarterKit.configure({
    heading: false,
    horizontalRule: false,
    strike: false,
    underline: false,
    dropcursor: { class: "drop-line", color: false },
    link: {
      openOnClick: false,
      autolink: true,
      defaultProtocol: "https",
      isAllowedUri: (url) => SAFE_LINK.test(url),
      HTMLAttributes: { rel: "noopener noreferrer", target: null },
    },
  }),
];

const SCHEMA: Schema = getSchema(EXTENSIONS);

const ALLOWED: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: [
    ..."p br div span b strong i em a ul ol li blockquote code pre".split(" "),
    ..."h1 h2 h3 h4 h5 h6 table tbody thead tr td th".split(" "),
  ],
  ALLOWED_ATTR: ["href", "start"],
  ALLOWED_URI_REGEXP: SAFE_LINK,
  RETURN_DOM_FRAGMENT: true,
};

function clean(html: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(html, ALLOWED);
  // The editor knows no tables: their cells would run into each other, and their rows into one line.
  for (const row of fragment.querySelectorAll("tr")) {
    const line = document.createElement("div");
    for (const cell of row.children) line.append(...cell.childNodes, " ");
    row.replaceWith(line);
  }
  return fragment;
}

/** Of something pasted, in the schema of the editor it goes to: nodes of another one fit nowhere. */
export function sliceOf(html: string, schema: Schema): Slice {
  return DOMParser.fromSchema(schema).parseSlice(clean(html));
}

function nodeOf(html: string): Node {
  return DOMParser.fromSchema(SCHEMA).parse(clean(html));
}

export interface RichBeginning {
  /** What was written with the editor before; null for a plain text. */
  readonly html: string | null;
  readonly text: string;
  /** HTML that stands, quoted, below the text. */
  readonly quote: string | null;
  readonly isForward: boolean;
}

export function beginningOf({ html, text, quote, isForward }: RichBeginning): DocumentNode {
  if (html !== null) return nodeOf(html).toJSON() as DocumentNode;
  const written = textDocument(text);
  if (quote === null) return written;
  const { content = [] } = nodeOf(quote).toJSON() as DocumentNode;
  const below = isForward ? content : [{ type: "blockquote", content }];
  return { type: "doc", content: [...(written.content ?? []), ...below] };
}
