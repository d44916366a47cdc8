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
    const end = text.length - trailingCrs(text);
    // A string's indexOf finds line ends faster than a buffer's, and lines joined as strings are copied once, together.
    const octets = text.toString("latin1", 0, end);
    let out = "";
    let from = 0;
    for (let lf = octets.indexOf("\n"); lf !== -1; lf = octets.indexOf("\n", lf + 1)) {
      if (text[lf - 1] !== CR || text[lf - 2] === CR) return undefined;
      out += octets.slice(from, lf - 1);
      from = lf;
    }
    this.#hold(text, end);
    return this.#written(out + octets.slice(from));
  }

  /** With LF for CRLF, whatever becomes of the rest. */
  push(chunk: Uint8Array): Uint8Array {
    const text = this.#with(chunk);
    const end = text.length - trailingCrs(text);
    const octets = text.toString("latin1", 0, end);
    let out = "";
    let from = 0;
    for (let cr = octets.indexOf("\r\n"); cr !== -1; cr = octets.indexOf("\r\n", from)) {
      out += octets.slice(from, cr);
      from = cr + 1;
    }
    this.#hold(text, end);
    return this.#written(out + octets.slice(from));
  }

  /** CRs the message ends with. */
  end(): Uint8Array {
    const held = this.#held;
    this.#held = EMPTY;
    return held;
  }

  #written(text: string): Uint8Array {
    if (this.#memory.length < text.length) this.#memory = Buffer.allocUnsafeSlow(text.length);
    return this.#memory.subarray(0, this.#memory.write(text, "latin1"));
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
