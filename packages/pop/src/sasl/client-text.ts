// Names, passwords and tokens as a client may send them.
import { SaslClientError } from "./client-contract.ts";
import type { Saslprep } from "./saslprep.ts";
import { encodeUtf8 } from "./text.ts";

/** RFC 4616 §2: one character or more, no NUL, and a text that UTF-8 can carry. Throws CREDENTIALS_UNFIT. */
export function checkedField(what: string, text: string): string {
  if (text === "") throw unfit(`${what} is empty`);
  if (text.includes("\0")) throw unfit(`${what} contains NUL`);
  if (/\p{Cs}/u.test(text)) throw unfit(`${what} contains half a character`);
  return text;
}

/** Like checkedField, and prepared for comparison (RFC 4013). */
export function preparedField(what: string, text: string, saslprep: Saslprep): string {
  const prepared = saslprep(checkedField(what, text));
  if (prepared === undefined) throw unfit(`SASLprep does not allow ${what}`);
  return checkedField(what, prepared);
}

/** For mechanisms that separate fields by control characters (RFC 7628 §3.1). */
export function checkedLine(what: string, text: string): string {
  if (/\p{Cc}/u.test(checkedField(what, text))) throw unfit(`${what} contains a control character`);
  return text;
}

const TOKEN_OCTETS_MAX = 65_536;

/** RFC 6750 §2.1 wants fewer characters than are allowed here: some providers' tokens have others. */
export function checkedToken(token: string): string {
  if (!/^[\x21-\x7e]+$/.test(token)) throw unfit("the token has other characters than printable ASCII");
  if (token.length > TOKEN_OCTETS_MAX) throw unfit(`the token has more than ${TOKEN_OCTETS_MAX} octets`);
  return token;
}

/** Joins fields with NUL, as PLAIN does. */
export function nulSeparated(...fields: readonly string[]): Uint8Array {
  return encodeUtf8(fields.join("\0"));
}

function unfit(message: string): SaslClientError {
  return new SaslClientError("CREDENTIALS_UNFIT", message);
}
