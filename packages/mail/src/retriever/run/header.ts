// Just enough of RFC 5322 §2.2 and RFC 2047 to look at a field of a header.
import { createHash, type Hash } from "node:crypto";

/** Values of the fields of this name, unfolded, in order; each octet a character. */
export function fieldValues(header: Uint8Array, name: string): readonly string[] {
  const wanted = `${name.toLowerCase()}:`;
  const values: string[] = [];
  let isWanted = false;
  for (const line of Buffer.from(header).toString("latin1").split(/\r?\n/)) {
    if (line === "") break;
    if (/^[ \t]/.test(line)) {
      if (isWanted) values.push(`${values.pop() ?? ""}${line}`);
      continue;
    }
    isWanted = line.slice(0, wanted.length).toLowerCase() === wanted;
    if (isWanted) values.push(line.slice(wanted.length).trim());
  }
  return values;
}

/** As people read it: encoded words and UTF-8 decoded (RFC 2047 §2). */
export function decodeField(value: string): string {
  return utf8(value)
    .replace(/(\?=)[ \t]+(?==\?)/g, "$1")
    .replace(
      /=\?([^?\s]{1,40})\?([bq])\?([^?\s]*)\?=/gi,
      (word: string, charset: string, encoding: string, text: string) => {
        const octets = encoding.toLowerCase() === "b" ? Buffer.from(text, "base64") : quoted(text);
        try {
          return new TextDecoder(charset.split("*", 1)[0]).decode(octets);
        } catch {
          return word; // a charset nobody knows stays as it was written
        }
      },
    );
}

function quoted(text: string): Buffer {
  const plain = text
    .replaceAll("_", " ")
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(plain, "latin1");
}

function utf8(value: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(value, "latin1"));
  } catch {
    return value;
  }
}

/** When the server that has the message took it in: the date of the topmost Received field (RFC 5322 §3.6.7). */
export function receivedDate(header: Uint8Array): number | undefined {
  const [topmost] = fieldValues(header, "Received");
  const written = topmost?.slice(topmost.lastIndexOf(";") + 1);
  const ms = written === undefined ? Number.NaN : Date.parse(written);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The hash a header is known by: of its octets as TOP n 0 gives them, the blank line at the end left out. */
export function headerHash(header: Uint8Array): string {
  const text = Buffer.from(header)
    .toString("latin1")
    .replace(/(?:\r\n)+$/, "");
  return createHash("sha256").update(text, "latin1").digest("hex");
}

const HEADER_OCTETS_MAX = 1_048_576;

/** Watches a message go by: digests all of it, and keeps its header. */
export class Onlooker {
  readonly #whole: Hash = createHash("sha256");
  #pieces: Buffer[] | undefined = [];
  #header: Buffer | undefined;
  #gathered = 0;
  octets = 0;

  push(chunk: Uint8Array): void {
    this.#whole.update(chunk);
    this.octets += chunk.length;
    if (this.#pieces === undefined) return;
    this.#pieces.push(Buffer.from(chunk));
    this.#gathered += chunk.length;
    const tail = Buffer.concat(this.#pieces.slice(-2));
    if (tail.includes("\r\n\r\n") || this.#gathered > HEADER_OCTETS_MAX) this.#cut();
  }

  /** Everything went by. */
  end(): { readonly sha256: string; readonly header: Buffer; readonly headerHash: string } {
    if (this.#pieces !== undefined) this.#cut();
    const header = this.#header ?? Buffer.alloc(0);
    return { sha256: this.#whole.digest("hex"), header, headerHash: headerHash(header) };
  }

  #cut(): void {
    const text = Buffer.concat(this.#pieces ?? []);
    this.#pieces = undefined;
    // A message that begins with its blank line has no header (RFC 1939 §7 TOP gives just that line).
    if (text[0] === 13 && text[1] === 10) this.#header = Buffer.alloc(0);
    else {
      const blank = text.indexOf("\r\n\r\n");
      this.#header = blank === -1 ? text : text.subarray(0, blank + 2);
    }
  }
}
