// RFC 1939 §7 TOP: the header, its blank line and the first lines of the body, cut out of a streamed message.

const LF = 10;
const NOTHING = new Uint8Array(0);
const CRLF = Uint8Array.of(13, LF);

export interface TopCutterOptions {
  /** Lines of the body to let through, 0 or more. */
  readonly bodyLines: number;
  /** Octets of the header with its blank line, when known: spares looking for the blank line in them. */
  readonly headerOctets?: number;
}

/** Lets through what TOP sends of a canonical message. Give it the message from its first octet until `done`. */
export class TopCutter {
  readonly #headerOctets: number;
  #linesLeft: number;
  #inHeader = true;
  #position = 0;
  #lineOctets = 0;
  #done = false;

  constructor(options: TopCutterOptions) {
    this.#linesLeft = options.bodyLines;
    this.#headerOctets = options.headerOctets ?? 0;
  }

  /** Nothing after what was let through so far will be sent. */
  get done(): boolean {
    return this.#done;
  }

  /** The part of the chunk to send: all of it, or its beginning. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.#done) return NOTHING;
    let lineStart = -this.#lineOctets;
    // The blank line is the last two octets of the header, so only what comes from there on is looked at.
    const known = Math.min(chunk.length, Math.max(0, this.#headerOctets - 2 - this.#position));
    if (known > 0) {
      const lf = chunk.lastIndexOf(LF, known - 1);
      if (lf !== -1) lineStart = lf + 1;
    }
    for (let lf = chunk.indexOf(LF, known); lf !== -1; lf = chunk.indexOf(LF, lf + 1)) {
      if (this.#endOfLine(lf - lineStart)) return chunk.subarray(0, lf + 1);
      lineStart = lf + 1;
    }
    this.#position += chunk.length;
    this.#lineOctets = chunk.length - lineStart;
    return chunk;
  }

  /** What is to follow at the end of the message: the blank line that a message of header fields alone does not have. */
  end(): Uint8Array {
    this.#done = true;
    return this.#inHeader && this.#position > 0 ? CRLF : NOTHING;
  }

  /** A line ended whose LF has `before` octets before it, the CR among them. True when it was the last one to send. */
  #endOfLine(before: number): boolean {
    if (!this.#inHeader) this.#linesLeft -= 1;
    else if (before === 1) this.#inHeader = false;
    this.#done = !this.#inHeader && this.#linesLeft <= 0;
    return this.#done;
  }
}
