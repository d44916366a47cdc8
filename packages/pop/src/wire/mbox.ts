// Many messages as one run of octets: how POP1 sends a mailbox. RFC 918 says only "the mail"; this is RFC 4155's format
// with CRLF line ends and the quoting that can be undone (mboxrd): a line `From `, behind any number of `>`, gets one
// more. Both ways streamed: little more than the word `From` is ever held back.
import { CR, LF, PLAIN_KERNEL, type OctetKernel } from "./octets.ts";

/** The line before each message. Its sender and date are RFC 4155's to fill in, and say nothing here. */
export const MBOX_SEPARATOR = "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\r\n";
/** The line behind each message. */
export const MBOX_END = "\r\n";

const GREATER = 0x3e;
const FROM = Uint8Array.of(0x46, 0x72, 0x6f, 0x6d, 0x20);
const GREATER_OCTET = Uint8Array.of(GREATER);
const CR_OCTET = Uint8Array.of(CR);
const LF_OCTET = Uint8Array.of(LF);
const CRLF = Uint8Array.of(CR, LF);

/** Quotes one message. */
export class FromQuoter {
  readonly #kernel: OctetKernel;
  /** Octets of `From ` seen behind a line's `>`s, those of them in earlier chunks held back; -1 inside a line. */
  #matched = 0;

  constructor(options?: { readonly kernel?: OctetKernel }) {
    this.#kernel = options?.kernel ?? PLAIN_KERNEL;
  }

  /** The chunk with its `>`s, as parts of it where possible. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let held = Math.max(0, this.#matched);
    let from = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#matched < 0) {
        const lineEnd = this.#kernel.indexOf(chunk, LF, at);
        if (lineEnd < 0) break;
        at = lineEnd + 1;
        this.#matched = 0;
      } else if (chunk[at] === FROM[this.#matched]) {
        this.#matched += 1;
        at += 1;
        if (this.#matched < FROM.length) continue;
        // The `>`s before it are sent already; one more of them stands as well behind them as before.
        const word = at - FROM.length + held;
        pieces.push(chunk.subarray(from, word), GREATER_OCTET, FROM.subarray(0, held));
        from = word;
        held = 0;
        this.#matched = -1;
      } else if (chunk[at] === GREATER && this.#matched === 0) {
        at += 1;
      } else {
        pieces.push(FROM.subarray(0, held));
        held = 0;
        this.#matched = -1;
      }
    }
    pieces.push(chunk.subarray(from, chunk.length - Math.max(0, this.#matched - held)));
    return pieces.filter(({ length }) => length > 0);
  }

  /** What is still held back at the end of the message. */
  end(): Uint8Array {
    return FROM.subarray(0, Math.max(0, this.#matched));
  }
}

/** What comes out of a mailbox, in order; octets belong to the message that began last. */
export type MboxPart =
  | { readonly kind: "begin" }
  | { readonly kind: "octets"; readonly octets: Uint8Array }
  | { readonly kind: "end" };

const BEGIN: MboxPart = { kind: "begin" };
const END: MboxPart = { kind: "end" };

/**
 * Takes a mailbox apart again. Lines may end with LF alone. What does not begin with a separator is no mbox file: all of
 * it is then one message, as it is.
 */
export class MboxSplitter {
  readonly #kernel: OctetKernel;
  #place: "start" | "in-line" | "separator" | "whole" = "start";
  #hasBegun = false;
  /** An empty line that may be the one behind a message. */
  #blank: Uint8Array | undefined;
  /** What this line began with and is held back: a CR, or the last of its `>`s, or the beginning of `From `. */
  #hasCr = false;
  #hasGreater = false;
  #matched = 0;

  constructor(options?: { readonly kernel?: OctetKernel }) {
    this.#kernel = options?.kernel ?? PLAIN_KERNEL;
  }

  push(chunk: Uint8Array): readonly MboxPart[] {
    const parts: MboxPart[] = [];
    let from = 0;
    let at = 0;
    while (at < chunk.length) {
      switch (this.#place) {
        case "whole":
          at = chunk.length;
          break;
        case "in-line":
          at = this.#lineEnd(chunk, at);
          break;
        case "separator":
          at = from = this.#lineEnd(chunk, at);
          break;
        case "start": {
          give(parts, chunk.subarray(from, at));
          from = this.#lineStart(chunk[at] as number, parts) ? at + 1 : at;
          at = from;
        }
      }
    }
    if (this.#place !== "separator") give(parts, chunk.subarray(from, at));
    return parts;
  }

  /** The mailbox is over. */
  end(): readonly MboxPart[] {
    const parts: MboxPart[] = [];
    if (this.#hasCr || this.#hasGreater || this.#matched > 0) this.#release(parts);
    if (this.#hasBegun) parts.push(END);
    return parts;
  }

  /** Where the next line begins, or the end of the chunk. */
  #lineEnd(chunk: Uint8Array, at: number): number {
    const lineEnd = this.#kernel.indexOf(chunk, LF, at);
    if (lineEnd < 0) return chunk.length;
    this.#place = "start";
    return lineEnd + 1;
  }

  /** Looks at the next octet of a line's beginning. True when it is taken, and not to be given as it is. */
  #lineStart(octet: number, parts: MboxPart[]): boolean {
    if (octet === FROM[this.#matched] && !this.#hasCr) {
      this.#matched += 1;
      if (this.#matched === FROM.length) this.#wholeWord(parts);
      return true;
    }
    if (octet === LF && !this.#hasGreater && this.#matched === 0) {
      this.#giveBlank(parts);
      this.#blank = this.#hasCr ? CRLF : LF_OCTET;
      this.#hasCr = false;
      if (!this.#hasBegun) this.#release(parts);
      return true;
    }
    if (this.#hasCr || this.#matched > 0) return this.#release(parts);
    if (octet === GREATER) {
      if (!this.#hasBegun) return this.#release(parts);
      if (this.#hasGreater) {
        this.#giveBlank(parts);
        give(parts, GREATER_OCTET);
      }
      return (this.#hasGreater = true);
    }
    if (octet === CR && !this.#hasGreater) return (this.#hasCr = true);
    return this.#release(parts);
  }

  /** `From ` is a separator, unless it was quoted. */
  #wholeWord(parts: MboxPart[]): void {
    if (this.#hasGreater) {
      this.#hasGreater = false;
      this.#release(parts);
      return;
    }
    if (this.#hasBegun) parts.push(END);
    parts.push(BEGIN);
    this.#hasBegun = true;
    this.#blank = undefined;
    this.#matched = 0;
    this.#place = "separator";
  }

  /** Gives what was held back: this line is one like any other. */
  #release(parts: MboxPart[]): false {
    if (!this.#hasBegun) parts.push(BEGIN);
    this.#place = this.#hasBegun ? "in-line" : "whole";
    this.#hasBegun = true;
    this.#giveBlank(parts);
    if (this.#hasGreater) give(parts, GREATER_OCTET);
    if (this.#hasCr) give(parts, CR_OCTET);
    give(parts, FROM.subarray(0, this.#matched));
    this.#hasGreater = this.#hasCr = false;
    this.#matched = 0;
    return false;
  }

  #giveBlank(parts: MboxPart[]): void {
    if (this.#blank !== undefined) give(parts, this.#blank);
    this.#blank = undefined;
  }
}

function give(parts: MboxPart[], octets: Uint8Array): void {
  if (octets.length > 0) parts.push({ kind: "octets", octets });
}
