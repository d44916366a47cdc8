// RFC 937 "Quoting": in arguments a backslash takes the octet behind it as it is. In commands only, never in mail.
import { PopError } from "../errors.ts";
import { SPACE } from "../octets.ts";

const BACKSLASH = 0x5c;

/** Octets before the first space that no backslash quotes. */
export function wordLength(octets: Uint8Array): number {
  for (let at = 0; at < octets.length; at += 1) {
    if (octets[at] === BACKSLASH) at += 1;
    else if (octets[at] === SPACE) return at;
  }
  return octets.length;
}

/** The octets that were meant. Throws PopError BAD_ARGUMENT for a backslash with nothing behind it, or for nothing. */
export function unquoted(octets: Uint8Array): Uint8Array {
  const plain: number[] = [];
  for (let at = 0; at < octets.length; at += 1) {
    if (octets[at] === BACKSLASH) at += 1;
    const octet = octets[at];
    if (octet === undefined) throw new PopError("BAD_ARGUMENT");
    plain.push(octet);
  }
  if (plain.length === 0) throw new PopError("BAD_ARGUMENT");
  return Uint8Array.from(plain);
}

/** The same as an argument. */
export function quoted(argument: string): string {
  return argument.replace(/[\\ ]/g, "\\$&");
}
