// Line ends made canonical, once, when a message comes in: every LF gets its CR, and a message that is not empty ends
// with CRLF. Bare CR and NUL are kept and counted. Whatever a session later says about a message is measured here.
import { seeLines, LINES_OCTETS_MAX } from "./lines/lines.ts";

const LF = 10;
const CR = 13;
const CRLF = Uint8Array.of(CR, LF);
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
    const out: Uint8Array[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; at += LINES_OCTETS_MAX) {
      const window = chunk.subarray(at, at + LINES_OCTETS_MAX);
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

  #pushWindow(window: Uint8Array): Uint8Array {
    const afterCr = this.#afterCr;
    if (this.#headerOctets === undefined) this.#findHeader(window);
    const { bareLfs, stuffedLines, lineStart } = seeLines(window, this.#lineOctets === 0 ? LF : afterCr ? CR : 0);
    this.#stuffedLines += stuffedLines;
    this.#octets += window.length + bareLfs;
    this.#lineOctets = lineStart === undefined ? this.#lineOctets + window.length : window.length - lineStart;
    this.#afterCr = window[window.length - 1] === CR;
    return bareLfs === 0 ? window : withCrs(window, { bareLfs, afterCr });
  }

  /** Line by line, up to the first that is blank. */
  #findHeader(window: Uint8Array): void {
    let lineStart = -this.#lineOctets;
    let bareLfs = 0;
    for (let lf = window.indexOf(LF); lf !== -1; lf = window.indexOf(LF, lf + 1)) {
      const afterCr = lf === 0 ? this.#afterCr : window[lf - 1] === CR;
      if (!afterCr) bareLfs += 1;
      if (lf - lineStart === (afterCr ? 1 : 0)) {
        this.#headerOctets = this.#octets + lf + 1 + bareLfs;
        return;
      }
      lineStart = lf + 1;
    }
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
