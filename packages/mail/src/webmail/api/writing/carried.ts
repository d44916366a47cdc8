// What a forward brings along: the attachments of a message that is quoted, or the message as one attachment.
import type { ReadMessage } from "../../../message/index.ts";
import { LIMITS } from "../limits.ts";
import type { Reading } from "../reading.ts";
import type { AnswerKind, DraftAttachment } from "../schema/writing.ts";
import type { DraftFiles } from "./draft-files.ts";
import { newDraftId } from "./drafts.ts";

export interface Carrying {
  readonly account: string;
  readonly messageId: number;
  readonly kind: AnswerKind;
  /** The draft it is carried into. */
  readonly draft: string;
  readonly message: ReadMessage;
}

interface Carried extends Pick<DraftAttachment, "fileName" | "mediaType"> {
  readonly content: () => Promise<Uint8Array>;
}

/** Written to the draft's files. Throws ApiError `too-large`. */
export async function carry(reading: Reading, files: DraftFiles, o: Carrying): Promise<readonly DraftAttachment[]> {
  const { account, draft } = o;
  const attachments: DraftAttachment[] = [];
  let room: number = LIMITS.attachmentOctets;
  for (const { content, ...named } of await carriedOf(reading, o)) {
    const id = newDraftId();
    const octets = await files.write({ account, draft, attachment: id }, chunksOf(await content()), room);
    room -= octets;
    attachments.push({ id, ...named, octets, isInline: false });
  }
  return attachments;
}

async function carriedOf(reading: Reading, o: Carrying): Promise<readonly Carried[]> {
  const { account, messageId, kind, message } = o;
  if (kind !== "forward" && kind !== "forward-attached") return [];
  const octets = await reading.octets(account, messageId);
  if (kind === "forward-attached")
    return [{ fileName: nameOf(message), mediaType: wholeType(octets), content: () => Promise.resolve(octets) }];
  // Pictures within the text too: a quoted text has none, and they are not to be lost.
  return message.parts.map(({ part, fileName, mediaType }) => ({
    fileName,
    mediaType,
    content: async () => (await reading.house.mail.part(Uint8Array.from(octets), part)).content,
  }));
}

const LINE_OCTETS_MAX = 998;

/**
 * RFC 2046 §5.2.1 lets a message inside a message be encoded in no way, and SMTP takes no line beyond 998 octets, no NUL
 * and no bare CR (RFC 5321 §2.3.8, §4.5.3.1.6). A message that has one goes as a file, whole.
 */
function wholeType(octets: Uint8Array): string {
  let line = 0;
  for (const [at, octet] of octets.entries()) {
    const isLineEnd = octet === LF && at > 0 && octets[at - 1] === CR;
    const isBare = (octet === LF && !isLineEnd) || (octet === CR && octets[at + 1] !== LF);
    line = isLineEnd ? 0 : line + 1;
    // The CR before the line's end is counted with it.
    if (octet === 0 || isBare || line > LINE_OCTETS_MAX + 1) return "application/octet-stream";
  }
  return "message/rfc822";
}

const CR = 13;
const LF = 10;

function nameOf({ summary }: ReadMessage): string {
  return `${
    summary.subject
      .replace(/[/\\\p{Cc}]/gu, " ")
      .slice(0, 80)
      .trim() || "message"
  }.eml`;
}

// oxlint-disable-next-line typescript/require-await -- what takes octets takes a stream of them
async function* chunksOf(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  yield octets;
}
