// First reply lines: +OK and -ERR in upper case, always followed by a space and printable text, at most 512 octets
// (RFC 1939 §3, RFC 2449 §4, RFC 1957).
import { ERRORS, type ErrorCode } from "./errors.ts";
import { encodeBase64 } from "./base64.ts";

const REPLY_OCTETS_MAX = 512;
const LINE_END = "\r\n";

/** Text that may stand on a reply line: printable ASCII, cut so that it and `taken` further octets fit in 512. */
export function printable(text: string, taken: number): string {
  return text.replace(/[^\x20-\x7e]/gu, "?").slice(0, REPLY_OCTETS_MAX - taken);
}

/** The greeting of a server that was told no other (RFC 1939 §4); old clients want `POP3` right behind `+OK`. */
export const GREETING = "+OK POP3 ready\r\n";

/** A greeting line of one's own. Throws RangeError on `<`, which would announce APOP (RFC 1939 §7, RFC 2449 §3). */
export function greetingReply(text: string): string {
  if (text.includes("<")) throw new RangeError("a greeting must not contain <: clients would read an APOP timestamp");
  return ok(text);
}

/** The greeting with the timestamp that announces APOP (RFC 1939 §7). */
export function withTimestamp(greeting: string, timestamp: string | undefined): string {
  return timestamp === undefined ? greeting : ok(`${greeting.slice("+OK ".length).trimEnd()} ${timestamp}`);
}

/** A positive reply of one line. What is not printable ASCII in the text becomes `?`; too much of it is cut. */
export function ok(text: string): string {
  return okLine(text, "ascii");
}

/** What the text of a reply may be written in; UTF-8 only for a client that asked for it (RFC 6856 §3). */
export type ReplyCharset = "ascii" | "utf-8";

/** As `ok`; octets beyond ASCII are one character each. */
export function okLine(text: string, charset: ReplyCharset): string {
  return line("+OK ", uncoded(text), charset);
}

/** The -ERR line of a code, with its response code if the table gives one (RFC 2449 §8, RFC 3206). */
export function errorReply(code: ErrorCode): string {
  const row: { readonly reply: string; readonly responseCode?: string } = ERRORS[code];
  return refusalLine({ responseCode: row.responseCode, text: row.reply }, "ascii");
}

/** A negative reply of one line. */
export function refusalLine(
  o: { readonly responseCode: string | undefined; readonly text: string },
  charset: ReplyCharset,
): string {
  return line("-ERR ", o.responseCode === undefined ? uncoded(o.text) : `[${o.responseCode}] ${o.text}`, charset);
}

/** What a peer reads that is not let in at all; it takes the place of the greeting. */
export function refuseConnection(code: ErrorCode): string {
  return errorReply(code);
}

/** The first line of RETR's and TOP's reply: octets as LIST counts them, and the word for them. */
export function retrieveReply(octets: number, word = "octets"): string {
  return `+OK ${octets} ${word}\r\n`;
}

/** A SASL challenge: exactly `+ ` and base64, also when it is empty (RFC 5034 §4). */
export function challengeReply(challenge: Uint8Array): string {
  return `+ ${encodeBase64(challenge)}${LINE_END}`;
}

function line(status: "+OK " | "-ERR ", text: string, charset: ReplyCharset): string {
  const shown = charset === "ascii" ? printable : utf8Octets;
  return `${status}${shown(text, status.length + LINE_END.length)}${LINE_END}`;
}

/** The text in UTF-8, an octet a character, cut between two characters so that it and `taken` further octets fit in 512. */
export function utf8Octets(text: string, taken: number): string {
  let octets = "";
  for (const character of text.replace(/\p{Cc}|\p{Cs}/gu, "?")) {
    const encoded = encodeURIComponent(character).replace(/%(..)/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (octets.length + encoded.length > REPLY_OCTETS_MAX - taken) break;
    octets += encoded;
  }
  return octets;
}

/** RFC 2449 §3: text that begins with `[` is a response code. */
function uncoded(text: string): string {
  return text.startsWith("[") ? `(${text.slice(1)}` : text;
}
