import type { PartContent } from "../contract.ts";
import { PARTS_AT_ONCE, PARTS_OCTETS_AT_ONCE, TEXT_WITH_FILES_OCTETS_MAX } from "../limits.ts";
import { decodeText, firstOf } from "../mime/charset.ts";
import type { MimePart } from "../mime/mime-part.ts";
import { describePart } from "../parts/message-part.ts";
import { ReadingError } from "../reading-error.ts";
import { foundPart, openWhole, plainText } from "./open-message.ts";

/** The decoded octets of one part, by its place in the message; undefined when there is none. */
export async function partContent(octets: Uint8Array, place: string): Promise<PartContent | undefined> {
  return contentAt((await openWhole(octets)).root, place);
}

const SHOWN_AS_TEXT: ReadonlySet<PartContent["part"]["shownAs"]> = new Set(["text", "calendar", "message"]);

/** The same, with what is shown as text in UTF-8. */
export async function shownPartContent(octets: Uint8Array, place: string): Promise<PartContent | undefined> {
  const { root } = await openWhole(octets);
  const found = await contentAt(root, place);
  if (found === undefined || !SHOWN_AS_TEXT.has(found.part.shownAs)) return found;
  const charset = partAt(root, place)?.parameters.get("charset");
  const text = decodeText(firstOf(found.content, TEXT_WITH_FILES_OCTETS_MAX), charset);
  return { part: found.part, content: new TextEncoder().encode(text) };
}

/** As many of them, from the first on, as are handed over together. Throws ReadingError `no-such-part`. */
export async function partContents(octets: Uint8Array, places: readonly string[]): Promise<readonly PartContent[]> {
  const { root } = await openWhole(octets);
  const contents: PartContent[] = [];
  let total = 0;
  for (const place of places.slice(0, PARTS_AT_ONCE)) {
    const found = await contentAt(root, place);
    if (found === undefined) throw new ReadingError("no-such-part");
    contents.push(found);
    total += found.content.byteLength;
    if (total >= PARTS_OCTETS_AT_ONCE) break;
  }
  return contents;
}

async function contentAt(root: MimePart, place: string): Promise<PartContent | undefined> {
  const part = partAt(root, place);
  if (part !== undefined) {
    const found = await foundPart(part);
    return { part: describePart(found, false), content: found.content };
  }
  // A file that stood inside a text is numbered below it.
  const text = partAt(root, place.slice(0, Math.max(0, place.lastIndexOf("."))));
  if (text === undefined || !text.mediaType.startsWith("text/")) return undefined;
  const file = (await plainText(text)).files.find((found) => found.place === place);
  return file && { part: describePart(file, false), content: file.content };
}

/** The part at a place, which holds octets and no parts of its own. */
export function partAt(root: MimePart, place: string): MimePart | undefined {
  if (root.place === place) return root.children.length === 0 ? root : undefined;
  let part: MimePart | undefined = root;
  for (const number of place.split(".")) part = part?.children[Number(number) - 1];
  return part?.place === place && part.children.length === 0 ? part : undefined;
}
