// A message opened: its tree, what of it is shown, what is attached. Everything else in this folder starts from here.
import type { ReadingProblem } from "../contract.ts";
import { MESSAGE_OCTETS_MAX, TEXT_OCTETS_MAX, TEXT_WITH_FILES_OCTETS_MAX } from "../limits.ts";
import { headerOnly } from "../mime/bound-header.ts";
import { decodeText, firstOf } from "../mime/charset.ts";
import type { MimePart } from "../mime/mime-part.ts";
import { readTree } from "../mime/read-tree.ts";
import type { FoundPart } from "../parts/message-part.ts";
import { ReadingError } from "../reading-error.ts";
import { enrichedToText } from "../text/enriched.ts";
import { takeUuencoded } from "../text/uuencode.ts";
import { noParts, selectParts } from "./select-parts.ts";
import type { Selection } from "./select-parts.ts";

export interface OpenMessage {
  readonly root: MimePart;
  readonly selection: Selection;
  readonly problems: readonly ReadingProblem[];
  /** Only the header was read. */
  readonly isHeaderOnly: boolean;
}

/** Opens `octets`; of a message larger than is read, and when it is asked for, only the header. */
export async function openMessage(octets: Uint8Array, isHeaderOnly = false): Promise<OpenMessage> {
  if (!isHeaderOnly && octets.byteLength <= MESSAGE_OCTETS_MAX) {
    const { root, problems } = await readTree(octets);
    return { root, selection: selectParts(root), problems, isHeaderOnly: false };
  }
  const { root, problems } = await readTree(headerOnly(octets));
  return {
    root,
    selection: noParts(),
    problems: isHeaderOnly ? problems : ["too-large", ...problems],
    isHeaderOnly: true,
  };
}

/** Opens `octets` for something in it: throws ReadingError where only the header is read. */
export async function openWhole(octets: Uint8Array): Promise<OpenMessage> {
  const message = await openMessage(octets);
  if (message.isHeaderOnly) throw new ReadingError("too-large");
  return message;
}

export interface PlainText {
  readonly text: string;
  readonly isFlowed: boolean;
  readonly deletesSpace: boolean;
  /** Files that stood in the text, numbered below its place. */
  readonly files: readonly FoundPart[];
}

/** The text of a plain or enriched part, files taken out of it. */
export async function plainText(part: MimePart): Promise<PlainText> {
  const content = await part.content();
  const octetsMax = content.includes("\nbegin ") ? TEXT_WITH_FILES_OCTETS_MAX : TEXT_OCTETS_MAX;
  const written = decodeText(firstOf(content, octetsMax), part.parameters.get("charset"));
  if (part.mediaType === "text/enriched" || part.mediaType === "text/richtext") {
    return { text: enrichedToText(written), isFlowed: false, deletesSpace: false, files: [] };
  }
  const { text, files } = takeUuencoded(written);
  return {
    text,
    isFlowed: part.mediaType === "text/plain" && part.parameters.get("format")?.trim().toLowerCase() === "flowed",
    deletesSpace: part.parameters.get("delsp")?.trim().toLowerCase() === "yes",
    files: files.map(({ name, content }, at) => ({
      place: `${part.place}.${String(at + 1)}`,
      name,
      mediaType: "application/octet-stream",
      contentId: undefined,
      content,
    })),
  };
}

/** `decoded` are its octets, where they are known already. */
export async function foundPart(part: MimePart, decoded?: Uint8Array<ArrayBuffer>): Promise<FoundPart> {
  const content = decoded ?? (await part.content());
  return { place: part.place, name: part.fileName, mediaType: part.mediaType, contentId: part.contentId, content };
}
