// What a field of a header says, its encoded words (RFC 2047) decoded: enough to compare and to list it, without loading
// what parses whole mails.

/** `charset`, perhaps with a language (RFC 2231 §5), `B` or `Q`, and what is encoded. */
const WORD = /=\?([\w.:-]{1,40})(?:\*[\w-]{0,40})?\?([bq])\?([^?\s]*)\?=/gi;

/** A field's value, each octet a character, as people read it: its UTF-8 (RFC 6532) and its encoded words decoded. */
export function decodeField(value: string): string {
  return decodeWords(fromUtf8(value));
}

function fromUtf8(value: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(value, "latin1"));
  } catch {
    return value; // an older charset, of which nothing is said
  }
}

/** The text as people read it; what is no encoded word, or of a charset nobody knows, stays as it is. */
function decodeWords(text: string): string {
  const runs: Run[] = [];
  let end = 0;
  for (const found of text.matchAll(WORD)) {
    const [whole, charset = "", encoding = "", encoded = ""] = found;
    const between = text.slice(end, found.index);
    const last = runs.at(-1);
    const octets = encoding.toLowerCase() === "b" ? Buffer.from(encoded, "base64") : fromQ(encoded);
    // RFC 2047 §6.2: blanks between two words are none. A letter may be cut in two by them, though it should not.
    if (last !== undefined && last.charset === charset.toLowerCase() && /^\s*$/.test(between)) {
      last.octets.push(octets);
      last.raw += between + whole;
    } else {
      const before = last !== undefined && /^\s*$/.test(between) ? "" : between;
      runs.push({ before, charset: charset.toLowerCase(), octets: [octets], raw: whole });
    }
    end = found.index + whole.length;
  }
  return runs.map((run) => run.before + decoded(run)).join("") + text.slice(end);
}

interface Run {
  readonly before: string;
  readonly charset: string;
  readonly octets: Uint8Array[];
  raw: string;
}

function decoded({ charset, octets, raw }: Run): string {
  try {
    return new TextDecoder(charset).decode(Buffer.concat(octets));
  } catch {
    return raw;
  }
}

/** RFC 2047 §4.2. */
function fromQ(encoded: string): Uint8Array {
  const text = encoded
    .replaceAll("_", " ")
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, "latin1");
}
