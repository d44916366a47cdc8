// Octets to text. What is declared is believed where it can be; what is undeclared is told from the octets.
import { decode } from "libmime/lib/charset.js";

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
// RFC 1468: a shift to JIS X 0208 and back to ASCII, in text that is otherwise of seven bits.
const ISO_2022_JP = /\u001b\$[@B][\u0000-\u007f]*?\u001b\([BJ]/;

/** The text of `octets`. Never fails: what means nothing becomes U+FFFD. */
export function decodeText(octets: Uint8Array, declared: string | undefined): string {
  const charset = declared?.trim().toLowerCase() ?? "";
  if (charset === "" || charset === "us-ascii" || charset === "ascii" || charset === "unknown-8bit") {
    return decodeUndeclared(octets, charset === "");
  }
  return withoutMark(decodeAs(octets, charset));
}

/** The text of an HTML part, which may name its charset inside. */
export function decodeHtml(octets: Uint8Array, declared: string | undefined): string {
  const inside = /<meta\b[^>]{0,300}\bcharset\s*=\s*["']?([\w-]{1,40})/i.exec(latin1(octets.subarray(0, 2_048)))?.[1];
  // A charset in which these letters could not have been read is a lie.
  const named = inside === undefined || /^utf-?(?:16|32)/i.test(inside) ? undefined : inside;
  return decodeText(octets, declared ?? named);
}

/** UTF-8 when it is, else windows-1252: what programs that declare nothing mostly write. */
export function decodeUndeclared(octets: Uint8Array, mayShift = false): string {
  if (mayShift && ISO_2022_JP.test(latin1(octets.subarray(0, 4_096)))) return decodeAs(octets, "iso-2022-jp");
  try {
    return strictUtf8.decode(octets);
  } catch {
    return decodeAs(octets, "windows-1252");
  }
}

/** The first `octetsMax` octets, less a character of UTF-8 that would be cut: what is UTF-8 must stay so to be told. */
export function firstOf(octets: Uint8Array, octetsMax: number): Uint8Array {
  if (octets.byteLength <= octetsMax) return octets;
  let end = octetsMax;
  while (end > octetsMax - 3 && ((octets[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return octets.subarray(0, end);
}

function decodeAs(octets: Uint8Array, charset: string): string {
  return decode(Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength), charset);
}

function latin1(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString("latin1");
}

function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}
