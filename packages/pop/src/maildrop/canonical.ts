// Line ends made canonical, once, when a message comes in: every LF gets its CR, and a message that is not empty ends
// with CRLF. Bare CR and NUL are kept and counted. Whatever a session later says about a message is measured here.

const LF = 10;
const CR = 13;
const DOT = 46;
const CRLF = Uint8Array.of(CR, LF);
/** Scanned as one string at a time: one that fits the cache costs half of one that does not. */
const windowOctets = 8_192;

/** Makes a streamed message canonical (CRLF, not byte-stuffed) and measures it. Chunks that need no change are passed on, not copied. */
export class Canonicaliser {
  #octets = 0;
  #stuffedLines = 0;
  #headerOctets: number | undefined;
  #lineOctets = 0;
  #afterCr = false;

  /** Canonical octets so far. */
  get octets(): number {
    return this.#octets;
  }

  /** Lines so far that begin with a dot; each costs one octet more on the wire (RFC 1939 §3). */
  get stuffedLines(): number {
    return this.#stuffedLines;
  }

  /** Octets of the header with its blank line; all octets while no blank line was seen. */
  get headerOctets(): number {
    return this.#headerOctets ?? this.#octets;
  }

  /** Takes the next piece of the message; the answer may share its memory. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    const octets = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const out: Uint8Array[] = [];
    let from = 0;
    for (let at = 0; at < octets.length; at += windowOctets) {
      const window = octets.subarray(at, at + windowOctets);
      const canonical = this.#pushWindow(window);
      if (canonical === window) continue;
      if (from < at) out.push(chunk.subarray(from, at));
      out.push(canonical);
      from = at + window.length;
    }
    if (from < chunk.length) out.push(from === 0 ? chunk : chunk.subarray(from));
    return out;
  }

  /** Ends the message: the final CRLF, when it has none. */
  end(): readonly Uint8Array[] {
    if (this.#lineOctets === 0) return [];
    this.#octets += CRLF.length;
    this.#lineOctets = 0;
    this.#afterCr = false;
    return [CRLF];
  }

  #pushWindow(chunk: Buffer): Uint8Array {
    // A string's indexOf finds line ends two to four times as fast as a typed array's.
    const text = chunk.toString("latin1");
    let lineStart = -this.#lineOctets;
    let bareLfs = 0;
    if (lineStart === 0 && chunk[0] === DOT) this.#stuffedLines += 1;
    for (let lf = text.indexOf("\n"); lf !== -1; lf = text.indexOf("\n", lf + 1)) {
      const afterCr = lf === 0 ? this.#afterCr : chunk[lf - 1] === CR;
      if (!afterCr) bareLfs += 1;
      if (this.#headerOctets === undefined && lf - lineStart === (afterCr ? 1 : 0)) {
        this.#headerOctets = this.#octets + lf + 1 + bareLfs;
      }
      lineStart = lf + 1;
      if (chunk[lineStart] === DOT) this.#stuffedLines += 1;
    }
    const startedAfterCr = this.#afterCr;
    this.#octets += chunk.length + bareLfs;
    this.#lineOctets = chunk.length - lineStart;
    this.#afterCr = chunk[chunk.length - 1] === CR;
    return bareLfs === 0 ? chunk : withCrs(chunk, { bareLfs, afterCr: startedAfterCr });
  }
}

function withCrs(chunk: Uint8Array, o: { readonly bareLfs: number; readonly afterCr: boolean }): Uint8Array {
  const out = Buffer.allocUnsafe(chunk.length + o.bareLfs);
  let to = 0;
  let previous = o.afterCr ? CR : LF;
  for (let from = 0; from < chunk.length; from += 1) {
    const octet = chunk[from] as number;
    if (octet === LF && previous !== CR) out[to++] = CR;
    out[to++] = octet;
    previous = octet;
  }
  return out;
}
