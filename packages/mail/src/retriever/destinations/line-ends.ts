// Line ends as files and programs of Unix have them: LF for CRLF. A lone CR is data and stays.

const CR = 13;
const EMPTY = Buffer.alloc(0);
/** Looked at as one string at a time: one that fits the cache costs half of one that does not. */
const WINDOW_OCTETS = 8_192;

/** What it gives out is text, a character an octet: lines joined as strings are copied once, where they are written. */
export class UnixLineEnds {
  /** CRs at the end of the last chunk, whose meaning the next octet decides: none, one or two. */
  #held: Buffer = EMPTY;

  /** What waits for the next octet. */
  get held(): Uint8Array {
    return this.#held;
  }

  /** With LF for CRLF; undefined when that could not be undone (an LF without its CR, a CR before a CRLF), and then nothing was taken. */
  pushReversibly(chunk: Uint8Array): readonly string[] | undefined {
    const octets = this.#with(chunk);
    const end = octets.length - trailingCrs(octets);
    const out: string[] = [];
    for (let at = 0; at < end;) {
      const next = windowEnd(octets, at, end);
      const text = reversibly(octets, at, next);
      if (text === undefined) return undefined;
      out.push(text);
      at = next;
    }
    this.#hold(octets, end);
    return out;
  }

  /** With LF for CRLF, whatever becomes of the rest. */
  push(chunk: Uint8Array): readonly string[] {
    const octets = this.#with(chunk);
    const end = octets.length - trailingCrs(octets);
    const out: string[] = [];
    for (let at = 0; at < end;) {
      const next = windowEnd(octets, at, end);
      out.push(octets.toString("latin1", at, next).replaceAll("\r\n", "\n"));
      at = next;
    }
    this.#hold(octets, end);
    return out;
  }

  /** CRs the message ends with. */
  end(): Uint8Array {
    const held = this.#held;
    this.#held = EMPTY;
    return held;
  }

  #with(chunk: Uint8Array): Buffer {
    if (this.#held.length > 0) return Buffer.concat([this.#held, chunk]);
    return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  }

  #hold(octets: Buffer, end: number): void {
    this.#held = end === octets.length ? EMPTY : Buffer.from(octets.subarray(end));
  }
}

/** Not between a CR and its LF. */
function windowEnd(octets: Buffer, at: number, end: number): number {
  let next = Math.min(at + WINDOW_OCTETS, end);
  while (next < end && octets[next - 1] === CR) next += 1;
  return next;
}

function reversibly(octets: Buffer, at: number, end: number): string | undefined {
  // A string's indexOf finds line ends faster than a buffer's.
  const text = octets.toString("latin1", at, end);
  let out = "";
  let from = 0;
  for (let lf = text.indexOf("\n"); lf !== -1; lf = text.indexOf("\n", lf + 1)) {
    if (octets[at + lf - 1] !== CR || octets[at + lf - 2] === CR) return undefined;
    out += text.slice(from, lf - 1);
    from = lf;
  }
  return out + text.slice(from);
}

/** CRLF for LF: what was given out reversibly, as it came. */
export function withCrlf(octets: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(octets).toString("latin1").replaceAll("\n", "\r\n"), "latin1");
}

function trailingCrs(text: Buffer): number {
  if (text.at(-1) !== CR) return 0;
  return text.at(-2) === CR ? 2 : 1;
}
