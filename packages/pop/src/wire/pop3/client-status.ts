// The first line of a reply as a client reads it: only +OK and -ERR decide (RFC 1939 §9), however they are written.
import { PLAIN_KERNEL } from "../octets.ts";

/** The codes this client acts on; any other is told as the server wrote it (RFC 2449 §8, RFC 3206, RFC 6856 §2.2). */
export const RESPONSE_CODES = ["IN-USE", "LOGIN-DELAY", "SYS/TEMP", "SYS/PERM", "AUTH", "UTF8"] as const;

export type KnownResponseCode = (typeof RESPONSE_CODES)[number];

export interface StatusLine {
  readonly isOk: boolean;
  /** What follows the status, one character an octet, without its response code. */
  readonly text: string;
  /** In upper case. Of a known code's deeper levels only the known part is told (RFC 2449 §8). */
  readonly responseCode: string | undefined;
}

const STATUS = /^(?:\+OK|-ERR)/i;
// RFC 2449 §3: resp-level is 1*rchar; the code ends at the first bracket.
const CODE = /^\[([^\]]+)\] ?/;

/** The reply on this line, or undefined when it is none: `+ERR`, `220 smtp`, `* OK`. */
export function parseStatus(line: Uint8Array): StatusLine | undefined {
  const all = PLAIN_KERNEL.latin1(line);
  const status = STATUS.exec(all)?.[0];
  if (status === undefined) return undefined;
  // P3-C-004: a text that follows without the space (`+OKready`) is a text.
  const text = all.slice(status.length).replace(/^ +/, "");
  const code = CODE.exec(text);
  return {
    isOk: status.startsWith("+"),
    text: code === null ? text : text.slice(code[0].length),
    responseCode: code?.[1] === undefined ? undefined : knownPart(code[1].toUpperCase()),
  };
}

function knownPart(code: string): string {
  return RESPONSE_CODES.find((known) => code === known || code.startsWith(`${known}/`)) ?? code;
}
