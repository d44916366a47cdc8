// STAT, LIST and UIDL as servers really write them: several spaces, `+OK ` before each line, more columns, no id.
// What cannot be read is undefined, never zero (P3-C-016).
import { PLAIN_KERNEL } from "../octets.ts";

export interface ScanEntry {
  readonly n: number;
  readonly octets: number;
}

export interface UniqueIdEntry {
  readonly n: number;
  /** Opaque octets, one character each; undefined on a line that has none. */
  readonly uniqueId: string | undefined;
}

export interface DropListing {
  readonly count: number;
  readonly octets: number;
}

/** `2 320` of STAT's reply text. */
export function parseDropListing(text: string): DropListing | undefined {
  const [count, octets] = columns(text).map(wholeNumber);
  return count === undefined || octets === undefined ? undefined : { count, octets };
}

/** One line of LIST, or the text of `LIST n`. */
export function parseScanLine(line: Uint8Array | string): ScanEntry | undefined {
  const [n, octets] = columns(line).map(wholeNumber);
  return n === undefined || n === 0 || octets === undefined ? undefined : { n, octets };
}

/** One line of UIDL. */
export function parseUniqueIdLine(line: Uint8Array | string): UniqueIdEntry | undefined {
  const [first = "", uniqueId] = columns(line);
  const n = wholeNumber(first);
  return n === undefined || n === 0 ? undefined : { n, uniqueId };
}

/** The text of `UIDL n`; some servers leave the number out (`+OK id`). */
export function parseUniqueIdReply(text: string, n: number): string | undefined {
  const [first, second] = columns(text);
  return second !== undefined && first !== undefined && wholeNumber(first) === n ? second : first;
}

function columns(line: Uint8Array | string): readonly string[] {
  const text = typeof line === "string" ? line : PLAIN_KERNEL.latin1(line);
  // Some servers begin every line of a listing with the status.
  return text
    .replace(/^\+OK +/i, "")
    .split(/[ \t]+/)
    .filter((column) => column !== "");
}

/** P3-C-017: a negative number, or one that this language cannot hold exactly, is no number. */
function wholeNumber(text: string): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}
