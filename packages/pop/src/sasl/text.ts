// Octets of a response to text and back; nothing malformed gets through.

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** RFC 4616 §2 and the field sizes of every mechanism here: at most this many octets a name or password. */
export const fieldOctetsMax = 255;

/** The text of strict UTF-8, or undefined. */
export function decodeUtf8(octets: Uint8Array): string | undefined {
  try {
    return utf8.decode(octets);
  } catch {
    return undefined; // The decoder's only way to say that the octets are not UTF-8.
  }
}

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** A name or password: strict UTF-8 of 1 to 255 octets without NUL, or undefined. */
export function decodeField(octets: Uint8Array): string | undefined {
  if (octets.length === 0 || octets.length > fieldOctetsMax || octets.includes(0)) return undefined;
  return decodeUtf8(octets);
}
