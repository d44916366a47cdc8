// Base64 as RFC 5034 §4 wants it read: whatever is not exactly what an encoder writes is refused (RFC 4648 §3.5, §4).

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PADDING = 0x3d;
const NOT_BASE64 = 0xff;

const VALUES = new Uint8Array(256).fill(NOT_BASE64);
for (let value = 0; value < ALPHABET.length; value += 1) VALUES[ALPHABET.charCodeAt(value)] = value;

/** The octets that ASCII base64 text stands for; undefined when it is not strict base64. */
export function decodeBase64(text: Uint8Array): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = paddingOf(text);
  const octets = new Uint8Array((text.length / 4) * 3 - padding);
  let bits = 0;
  let to = 0;
  for (let at = 0; at < text.length - padding; at += 1) {
    const value = VALUES[text[at] as number] as number;
    if (value === NOT_BASE64) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    // Each group of four gives an octet at its second, third and fourth character.
    const place = at % 4;
    if (place !== 0) octets[to++] = bits >> (6 - 2 * place);
  }
  // The bits of the last character that stand for nothing are zero (RFC 4648 §3.5).
  const unused = padding === 0 ? 0 : bits & (padding === 1 ? 0b11 : 0b1111);
  return unused === 0 ? octets : undefined;
}

function paddingOf(text: Uint8Array): 0 | 1 | 2 {
  if (text.at(-1) !== PADDING) return 0;
  return text.at(-2) === PADDING ? 2 : 1;
}

/** Base64 text with padding and without line ends. */
export function encodeBase64(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; at += 3) {
    const [first = 0, second = 0, third = 0] = octets.subarray(at, at + 3);
    const group = (first << 16) | (second << 8) | third;
    for (const shift of [18, 12, 6, 0]) text += ALPHABET[(group >> shift) & 63];
  }
  const padding = (3 - (octets.length % 3)) % 3;
  return text.slice(0, text.length - padding) + "=".repeat(padding);
}
