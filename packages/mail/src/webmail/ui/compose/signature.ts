import { documentText, type DocumentNode, textDocument } from "./document-text.ts";

/** RFC 3676 §4.3: the line that begins a signature. */
const MARK = "-- ";

/** `text` with the signature of another identity, when it still holds the one of the identity before. */
export function withOtherSignature(text: string, before: string, after: string): string {
  const old = before === "" ? "" : `\n\n${MARK}\n${before}`;
  const next = after === "" ? "" : `\n\n${MARK}\n${after}`;
  // The last one: what is forwarded above it may have the same.
  const at = old === "" ? -1 : text.lastIndexOf(old);
  if (old !== "") return at < 0 ? text : text.slice(0, at) + next + text.slice(at + old.length);
  // Without one there is nothing to take the place of; a text nobody has begun yet takes it.
  return text.trim() === "" ? next : text;
}

/** The same of a formatted text, whose signature is a run of blocks. Undefined: nothing changes. */
export function withOtherSignatureIn(document: DocumentNode, before: string, after: string): DocumentNode | undefined {
  const blocks = document.content ?? [];
  const next = after === "" ? [] : (textDocument(`${MARK}\n${after}`).content ?? []);
  if (before === "") {
    const isBegun = documentText(document).trim() !== "";
    return isBegun || next.length === 0 ? undefined : { ...document, content: [{ type: "paragraph" }, ...next] };
  }
  const old = textDocument(`${MARK}\n${before}`).content ?? [];
  const at = blocks.findLastIndex((_, start) =>
    old.every((block, by) => textOf(block) === textOf(blocks[start + by] ?? { type: "doc" })),
  );
  return at < 0 ? undefined : { ...document, content: blocks.toSpliced(at, old.length, ...next) };
}

function textOf(block: DocumentNode): string {
  return documentText(block).trimEnd();
}
