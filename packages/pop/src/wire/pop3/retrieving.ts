// What RETR and TOP may show, and what is remembered of it.
import { PopError } from "../errors.ts";
import type { Effect, MessageNumber } from "../server-contract.ts";
import type { ServerSession } from "./server-session.ts";
import { octetsWord } from "./speech.ts";

/** This client may see neither the message nor its surrogate (RFC 6856 §2.1). */
export function needsUtf8({ policy, maildrop }: ServerSession, number: MessageNumber): boolean {
  // A session in UTF8 mode has no surrogates.
  return policy.internationalised === "refuse" && maildrop?.isSurrogate?.(number) === true;
}

/** RFC 6856 §5: LIST, TOP and RETR are answered [UTF8]. */
export function demandShowable(session: ServerSession, number: MessageNumber): MessageNumber {
  if (needsUtf8(session, number)) throw new PopError("NEEDS_UTF8");
  return number;
}

/** RFC 2449 §6.7 EXPIRE 0: what was retrieved is not left on the server. */
function removesRetrieved({ terms }: ServerSession): boolean {
  return terms?.expireDays === 0;
}

/** It matters later what was retrieved, so every RETR is a command of its own. */
export function followsRetrievals(session: ServerSession): boolean {
  return removesRetrieved(session) || session.policy.speaksLast === true;
}

/** RFC 1460 §5 LAST: RETR and DELE count. */
export function access(session: ServerSession, number: MessageNumber): void {
  session.highestAccessed = Math.max(session.highestAccessed, number);
}

/** Sends a message whole, or its header and so many lines. */
export function retrieval(
  session: ServerSession,
  o: { readonly number: MessageNumber; readonly bodyLines: number | undefined },
): readonly Effect[] {
  const { number, bodyLines } = o;
  session.awaits = "sent";
  if (bodyLines === undefined) access(session, number);
  if (bodyLines === undefined && removesRetrieved(session)) session.sending = number;
  return [{ kind: "retrieve", numbers: [number], bodyLines, ...octetsWord(session) }];
}

/** What UPDATE removes: what was marked, and what was retrieved where that is not left here. */
export function toRemove({ marked, retrieved }: ServerSession): ReadonlySet<MessageNumber> {
  return retrieved.size === 0 ? marked : new Set([...marked, ...retrieved]);
}
