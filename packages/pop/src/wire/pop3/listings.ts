// Drop listing, scan listing and unique-id listing (RFC 1939 §5, §7): text made in chunks, without an object per line.
import { TERMINATION } from "../multiline.ts";
import type { Effect, MaildropListing, MessageNumber, ServerSession } from "./server-session.ts";
import { say, textsOf } from "./speech.ts";

/** Lines made at once: at most some 330 KiB of text, and never long enough to keep other sessions waiting. */
const LISTING_LINES_MAX = 4_096;

type LineText = (maildrop: MaildropListing, number: MessageNumber) => string;

/** `1 120`: the message-number and the octets RETR sends. */
export const scanLine: LineText = (maildrop, number) => `${number} ${maildrop.octetsOf(number)}`;

/** `1 whqtswO00WBw418f9t5JxYwZ`: the message-number and the unique-id. */
export const uniqueIdLine: LineText = (maildrop, number) => `${number} ${maildrop.uniqueIdOf(number)}`;

/** Messages not marked and their octets: what STAT says. */
export function dropListing(session: ServerSession): { readonly count: number; readonly octets: number } {
  const { count, octets } = openMaildrop(session);
  return { count: count - session.marked.size, octets: octets - session.markedOctets };
}

/** `2 messages (320 octets)`. */
export function dropSummary(session: ServerSession): string {
  const { count, octets } = dropListing(session);
  return textsOf(session).drop(count, octets);
}

/** A whole listing: one reply when it is short, otherwise chunks that the driver pulls as the client takes them. */
export function listing(session: ServerSession, lineText: LineText): readonly Effect[] {
  const chunks = listingChunks(session, lineText);
  if (openMaildrop(session).count <= LISTING_LINES_MAX) return [{ kind: "reply", text: [...chunks].join("") }];
  session.awaits = "sent";
  return [{ kind: "list", chunks }];
}

/** The maildrop of a session in the transaction state. */
export function openMaildrop(session: ServerSession): MaildropListing {
  if (session.maildrop === undefined) throw new Error("no maildrop is open");
  return session.maildrop;
}

function* listingChunks(session: ServerSession, lineText: LineText): Generator<string, void> {
  const maildrop = openMaildrop(session);
  let text = say(session, dropSummary(session));
  for (let first = 1; first <= maildrop.count; first += LISTING_LINES_MAX) {
    const last = Math.min(first + LISTING_LINES_MAX - 1, maildrop.count);
    for (let number = first; number <= last; number += 1) {
      if (!session.marked.has(number)) text += `${lineText(maildrop, number)}\r\n`;
    }
    if (last < maildrop.count) {
      yield text;
      text = "";
    }
  }
  yield text + TERMINATION;
}
