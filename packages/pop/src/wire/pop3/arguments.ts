// The arguments of a command: what follows its keyword, in octets. Every failure is PopError BAD_ARGUMENT or
// NO_SUCH_MESSAGE.
import { PopError } from "../errors.ts";
import { SPACE } from "../octets.ts";
import type { MessageNumber, ServerSession } from "./server-session.ts";

/** Everything behind the first space after the keyword; undefined when there is no space. */
export type CommandArguments = Uint8Array | undefined;

const ZERO = 0x30;
const NINE = 0x39;
const NO_OCTETS = new Uint8Array(0);

/** Refuses everything but spaces, which some clients send behind a keyword (node-pop3, Outlook). */
export function noArguments(rest: CommandArguments): void {
  if (words(rest).length > 0) throw new PopError("BAD_ARGUMENT");
}

/** One argument. */
export function oneArgument(rest: CommandArguments): Uint8Array {
  const [word, more] = words(rest);
  if (word === undefined || more !== undefined) throw new PopError("BAD_ARGUMENT");
  return word;
}

/** Two arguments. */
export function twoArguments(rest: CommandArguments): readonly [Uint8Array, Uint8Array] {
  const [first, second, more] = words(rest);
  if (first === undefined || second === undefined || more !== undefined) throw new PopError("BAD_ARGUMENT");
  return [first, second];
}

/** None, one or two arguments. */
export function atMostTwoArguments(rest: CommandArguments): readonly Uint8Array[] {
  const found = words(rest);
  if (found.length > 2) throw new PopError("BAD_ARGUMENT");
  return found;
}

/** A name: the rest of the line without the spaces around it. */
export function trimmedRest(rest: CommandArguments): Uint8Array {
  const name = trimmed(rest ?? NO_OCTETS);
  if (name.length === 0) throw new PopError("BAD_ARGUMENT");
  return name;
}

/** The rest of the line as it is, spaces included (RFC 1939 §7 PASS). */
export function wholeRest(rest: CommandArguments): Uint8Array {
  if (rest === undefined) throw new PopError("BAD_ARGUMENT");
  return rest;
}

/** The number of a message that is there and not marked. */
export function messageNumber(session: ServerSession, word: Uint8Array): MessageNumber {
  const number = decimal(word);
  if (!isListed(session, number)) throw new PopError("NO_SUCH_MESSAGE");
  return number;
}

/** True for 1 to the count of the maildrop, marked messages excepted. */
export function isListed(session: ServerSession, number: number): boolean {
  const count = session.maildrop?.count ?? 0;
  return number >= 1 && number <= count && !session.marked.has(number);
}

/** A decimal number without sign and leading zeros; beyond 2^53-1 it stays there, which is more than any maildrop has. */
export function decimal(word: Uint8Array): number {
  const number = decimalOrNone(word);
  if (number === undefined) throw new PopError("BAD_ARGUMENT");
  return number;
}

/** As `decimal`, but undefined for what is no such number. */
export function decimalOrNone(word: Uint8Array): number | undefined {
  if (word.length === 0 || (word[0] === ZERO && word.length > 1)) return undefined;
  let number = 0;
  for (const octet of word) {
    if (octet < ZERO || octet > NINE) return undefined;
    number = Math.min(number * 10 + octet - ZERO, Number.MAX_SAFE_INTEGER);
  }
  return number;
}

/** The octets without the spaces at both ends. */
export function trimmed(octets: Uint8Array): Uint8Array {
  let start = 0;
  let end = octets.length;
  while (end > start && octets[end - 1] === SPACE) end -= 1;
  while (start < end && octets[start] === SPACE) start += 1;
  return octets.subarray(start, end);
}

/** At most three words: no command takes more than two, so the third only says "too many". */
function words(rest: CommandArguments): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  let left = trimmed(rest ?? NO_OCTETS);
  while (left.length > 0 && found.length < 3) {
    const space = left.indexOf(SPACE);
    const end = space < 0 ? left.length : space;
    found.push(left.subarray(0, end));
    left = trimmed(left.subarray(end));
  }
  return found;
}
