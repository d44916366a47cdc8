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
  /** Of whoever waits for it. */
  readonly signal: AbortSignal;
}

type Named = Pick<DraftAttachment, "fileName" | "mediaType">;

/** Written to the draft's files. Throws ApiError `too-large`. */
export async function carry(reading: Reading, files: DraftFiles, o: Carrying): Promise<readonly DraftAttachment[]> {
  const { account, draft, kind, message } = o;
  const attachments: DraftAttachment[] = [];
  let room: number = LIMITS.attachmentOctets;
  const keep = async (named: Named, content: Uint8Array): Promise<void> => {
    const id = newDraftId();
    const octets = await files.write({ account, draft, attachment: id }, chunksOf(content), room);
    room -= octets;
    attachments.push({ id, ...named, octets, isInline: false });
  };
  if (kind === "forward-attached")
    await reading.octets.lend(
      o,
      (octets) => keep({ fileName: nameOf(message), mediaType: wholeType(octets) }, octets),
      o.signal,
    );
  if (kind === "forward") await carryParts(reading, o, keep);
  return attachments;
}

/** Pictures within the text too: a quoted text has none, and they are not to be lost. Some megabytes are in memory at a time. */
async function carryParts(
  reading: Reading,
  o: Carrying,
  keep: (named: Named, content: Uint8Array) => Promise<void>,
): Promise<void> {
  const { parts } = o.message;
  for (let done = 0; done < parts.length;) {
    const left = parts.slice(done);
    const places = left.map(({ part }) => part);
    const some = await reading.octets.lend(o, (octets) => reading.house.mail.parts(octets, places), o.signal);
    for (const [at, { content }] of some.entries()) {
      const { fileName = "", mediaType = "application/octet-stream" } = left[at] ?? {};
      await keep({ fileName, mediaType }, content);
    }
    done += some.length;
  }
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
