// Line ends as files and programs of Unix have them: LF for CRLF. A lone CR is data and stays.

const CR = 13;
const EMPTY = Buffer.alloc(0);

/** What it gives out is its own memory, and good until the next chunk. */
export class UnixLineEnds {
  #memory: Buffer = EMPTY;
  /** CRs at the end of the last chunk, whose meaning the next octet decides: none, one or two. */
  #held: Buffer = EMPTY;

  /** What waits for the next octet. */
  get held(): Uint8Array {
    return this.#held;
  }

  /** With LF for CRLF; undefined when that could not be undone (an LF without its CR, a CR before a CRLF), and then nothing was taken. */
  pushReversibly(chunk: Uint8Array): Uint8Array | undefined {
    const text = this.#with(chunk);
    const out = this.#room(text.length);
    const end = text.length - trailingCrs(text);
    let length = 0;
    let from = 0;
    // A string's indexOf finds line ends faster than a buffer's.
    const octets = text.toString("latin1");
    for (let lf = octets.indexOf("\n"); lf !== -1; lf = octets.indexOf("\n", lf + 1)) {
      if (text[lf - 1] !== CR || text[lf - 2] === CR) return undefined;
      length += text.copy(out, length, from, lf - 1);
      from = lf;
    }
    length += text.copy(out, length, from, end);
    this.#hold(text, end);
    return out.subarray(0, length);
  }

  /** With LF for CRLF, whatever becomes of the rest. */
  push(chunk: Uint8Array): Uint8Array {
    const text = this.#with(chunk);
    const out = this.#room(text.length);
    const end = text.length - trailingCrs(text);
    let length = 0;
    let from = 0;
    const octets = text.toString("latin1");
    for (let cr = octets.indexOf("\r\n"); cr !== -1; cr = octets.indexOf("\r\n", from)) {
      length += text.copy(out, length, from, cr);
      from = cr + 1;
    }
    length += text.copy(out, length, from, end);
    this.#hold(text, end);
    return out.subarray(0, length);
  }

  /** CRs the message ends with. */
  end(): Uint8Array {
    const held = this.#held;
    this.#held = EMPTY;
    return held;
  }

  #room(octets: number): Buffer {
    if (this.#memory.length < octets) this.#memory = Buffer.allocUnsafeSlow(octets);
    return this.#memory;
  }

  #with(chunk: Uint8Array): Buffer {
    if (this.#held.length > 0) return Buffer.concat([this.#held, chunk]);
    return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  }

  #hold(text: Buffer, end: number): void {
    this.#held = Buffer.from(text.subarray(end));
  }
}

/** CRLF for LF: what was given out reversibly, as it came. */
export function withCrlf(octets: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(octets).toString("latin1").replaceAll("\n", "\r\n"), "latin1");
}

function trailingCrs(text: Buffer): number {
  if (text.at(-1) !== CR) return 0;
  return text.at(-2) === CR ? 2 : 1;
}
