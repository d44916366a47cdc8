/**
 * Text of many lines made safe to show: line ends are LF, no other control characters than tabs, no lone surrogates.
 * What reorders text is kept: it belongs to the languages that need it, and a block is isolated where it is shown.
 */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, "\n")
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufeff\ufff9-\ufffb]/g, "")
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd")
    .replace(/(\p{M}{4})\p{M}+/gu, "$1");
}

/** The longest beginning of `text` that is at most `octetsMax` of UTF-8. */
export function firstOctets(text: string, octetsMax: number): string {
  if (text.length * 3 <= octetsMax || Buffer.byteLength(text) <= octetsMax) return text;
  const buffer = Buffer.from(text).subarray(0, octetsMax);
  return new TextDecoder().decode(buffer).replace(/\ufffd$/, "");
}
