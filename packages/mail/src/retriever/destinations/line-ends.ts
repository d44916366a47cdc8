// Line ends as files and programs of Unix have them: LF for CRLF. A lone CR is data and stays.
import { unixLines, LINES_OCTETS_MAX } from "@restante/pop/maildrop";

const CR = 13;
const EMPTY = Buffer.alloc(0);

export class UnixLineEnds {
  /** CRs at the end of the last chunk, whose meaning the next octet decides: none, one or two. */
  #held: Buffer = EMPTY;

  /** What waits for the next octet. */
  get held(): Uint8Array {
    return this.#held;
  }

  /**
   * Gives LF for CRLF to `take`, in pieces that are good until it returns. False when that could not be undone (an LF without
   * its CR, a CR before a CRLF): what was given of this chunk is then to be forgotten, and the chunk counts as not taken.
   */
  pushReversibly(chunk: Uint8Array, take: (octets: Uint8Array) => void): boolean {
    return this.#push(chunk, take, true);
  }

  /** Gives LF for CRLF to `take`, whatever becomes of the rest. */
  push(chunk: Uint8Array, take: (octets: Uint8Array) => void): void {
    this.#push(chunk, take, false);
  }

  /** CRs the message ends with. */
  end(): Uint8Array {
    const held = this.#held;
    this.#held = EMPTY;
    return held;
  }

  #push(chunk: Uint8Array, take: (octets: Uint8Array) => void, isReversible: boolean): boolean {
    const octets = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    const end = octets.length - trailingCrs(octets);
    for (let at = 0; at < end;) {
      const next = windowEnd(octets, at, end);
      const lines = unixLines(octets.subarray(at, next), { before: octets[at - 1] ?? 0, isReversible });
      if (lines === undefined) return false;
      take(lines);
      at = next;
    }
    this.#held = end === octets.length ? EMPTY : Buffer.from(octets.subarray(end));
    return true;
  }
}

/** Not between a CR and its LF. */
function windowEnd(octets: Uint8Array, at: number, end: number): number {
  const next = Math.min(at + LINES_OCTETS_MAX, end);
  return next < end && octets[next - 1] === CR ? next - 1 : next;
}

/** CRLF for LF: what was given out reversibly, as it came. */
export function withCrlf(octets: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(octets).toString("latin1").replaceAll("\n", "\r\n"), "latin1");
}

function trailingCrs(octets: Uint8Array): number {
  if (octets.at(-1) !== CR) return 0;
  return octets.at(-2) === CR ? 2 : 1;
}
