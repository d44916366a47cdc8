// The header of a message that is collected: what it is known by, and when its server took it in.
import { createHash, hash, type Hash } from "node:crypto";

/** With its folded lines. */
const TOPMOST_RECEIVED = /^received:(.*(?:\r?\n[ \t].*)*)/im;

/** When the server that has the message took it in: the date of the topmost Received field (RFC 5322 §3.6.7). */
export function receivedDate(header: Uint8Array): number | undefined {
  const topmost = TOPMOST_RECEIVED.exec(
    Buffer.from(header.buffer, header.byteOffset, header.length).toString("latin1"),
  )?.[1];
  const written = topmost?.slice(topmost.lastIndexOf(";") + 1);
  const ms = written === undefined ? Number.NaN : Date.parse(written);
  return Number.isNaN(ms) ? undefined : ms;
}

const OWN_FIELD = /^(?:message-id|received):/im;

/** It has a field that every message has to itself (RFC 5322 §3.6.4, §3.6.7): an equal header is of the same message. */
export function isDistinct(header: Uint8Array): boolean {
  return OWN_FIELD.test(Buffer.from(header.buffer, header.byteOffset, header.length).toString("latin1"));
}

/** The hash a header is known by: of its octets as TOP n 0 gives them, the blank line at the end left out. */
export function headerHash(header: Uint8Array): string {
  let end = header.length;
  while (end >= 2 && header[end - 2] === CR && header[end - 1] === LF) end -= 2;
  return hash("sha256", header.subarray(0, end), "hex");
}

const CR = 13;
const LF = 10;
const HEADER_OCTETS_MAX = 1_048_576;

/** Watches a message go by: digests all of it, and keeps its header. */
export class Onlooker {
  readonly #expectedOctets: number;
  /** Undefined while one chunk is all there is: most mail comes in one, which costs less to digest alone. */
  #whole: Hash | undefined;
  /** That chunk, a copy. */
  #first: Uint8Array | undefined;
  #pieces: Uint8Array[] | undefined = [];
  #header: Buffer | undefined;
  #gathered = 0;
  octets = 0;

  constructor(expectedOctets: number) {
    this.#expectedOctets = expectedOctets;
  }

  /** The chunk is the caller's again when it returns. */
  push(chunk: Uint8Array): void {
    this.#digest(chunk);
    this.octets += chunk.length;
    if (this.#pieces === undefined) return;
    this.#pieces.push(chunk);
    this.#gathered += chunk.length;
    const tail = this.#pieces.length === 1 ? bufferOf(chunk) : Buffer.concat(this.#pieces.slice(-2));
    if (tail.includes("\r\n\r\n") || this.#gathered > HEADER_OCTETS_MAX) this.#cut();
    else this.#pieces[this.#pieces.length - 1] = Buffer.from(chunk);
  }

  /** Everything went by. */
  end(): { readonly sha256: string; readonly header: Buffer; readonly headerHash: string } {
    if (this.#pieces !== undefined) this.#cut();
    const header = this.#header ?? Buffer.alloc(0);
    const sha256 = this.#whole?.digest("hex") ?? hash("sha256", this.#first ?? new Uint8Array(0), "hex");
    return { sha256, header, headerHash: headerHash(header) };
  }

  #digest(chunk: Uint8Array): void {
    if (this.octets === 0 && chunk.length >= this.#expectedOctets) {
      this.#first = Buffer.from(chunk);
      return;
    }
    this.#whole ??= createHash("sha256");
    if (this.#first !== undefined) this.#whole.update(this.#first);
    this.#whole.update(chunk);
    this.#first = undefined;
  }

  #cut(): void {
    const pieces = this.#pieces ?? [];
    const text = pieces.length === 1 ? bufferOf(pieces[0] as Uint8Array) : Buffer.concat(pieces);
    this.#pieces = undefined;
    // A message that begins with its blank line has no header (RFC 1939 §7 TOP gives just that line).
    if (text[0] === CR && text[1] === LF) this.#header = Buffer.alloc(0);
    else {
      const blank = text.indexOf("\r\n\r\n");
      this.#header = Buffer.from(blank === -1 ? text : text.subarray(0, blank + 2));
    }
  }
}

function bufferOf(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length);
}
