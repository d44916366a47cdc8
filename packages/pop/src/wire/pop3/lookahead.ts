// What the driver may ask about a line before it hands it over; nothing here changes the session.
import { decimalOrNone, isListed, trimmed } from "./arguments.ts";
import { followsRetrievals, needsUtf8 } from "./retrieving.ts";
import type { MessageNumber, ServerSession } from "./server-session.ts";

const AUTH = [0x41, 0x55, 0x54, 0x48] as const;
const RETR_SPACE = [0x52, 0x45, 0x54, 0x52, 0x20] as const;
const UPPER_CASE = ~0x20;

/** Octets the next line may have, its end included, judged by how it begins. */
export function lineOctetsMax(session: ServerSession, head: Uint8Array): number {
  const { authOctetsMax, commandOctetsMax } = session.policy;
  if (session.awaits === "sasl-line") return authOctetsMax;
  return session.state === "authorization" && startsWith(head, AUTH) ? authOctetsMax : commandOctetsMax;
}

/**
 * The message that this line, the next behind a RETR, asks for, if it is a RETR too and would be answered with +OK:
 * the driver may append it to the run it is about to send, and drop the line.
 */
export function nextInRun(session: ServerSession, line: Uint8Array): MessageNumber | undefined {
  if (session.state !== "transaction" || session.stopping || !startsWith(line, RETR_SPACE)) return undefined;
  const number = decimalOrNone(trimmed(line.subarray(RETR_SPACE.length)));
  if (number === undefined || !isListed(session, number) || needsUtf8(session, number)) return undefined;
  return followsRetrievals(session) ? undefined : number;
}

/** Compares letters in any case; without its bit for lower case no octet turns into the space. */
function startsWith(octets: Uint8Array, wanted: readonly number[]): boolean {
  return wanted.every((octet, index) => octets[index] === octet || ((octets[index] ?? 0) & UPPER_CASE) === octet);
}
