// The quoting of lines that would look like a separator of an mbox, streamed, both ways.
// mboxrd: each line of any number of ">" and "From " gets one more ">", so that nothing is lost. mboxo quoted "From " only.

const LF = 10;
const GREATER = 62;
const WORD = Buffer.from("From ");
/** A longer run of ">" is nobody's quoting; it bounds what is held back. */
const RUN_MAX = 65_536;

/** What to do with a line of `quotes` ">" and "From ": the number of ">" it shall have. */
type Rule = (quotes: number) => number;

const QUOTE: Rule = (quotes) => quotes + 1;
const UNQUOTE: Readonly<Record<"mboxrd" | "mboxo" | "none", Rule>> = {
  mboxrd: (quotes) => Math.max(0, quotes - 1),
  mboxo: (quotes) => (quotes === 1 ? 0 : quotes),
  none: (quotes) => quotes,
};

/** Rewrites the quoting of a message that comes in chunks of any size. */
export class FromQuoting {
  readonly #rule: Rule;
  /** At the start of a line, while it may yet become a quoted one: the ">" and the octets of "From " seen so far. */
  #start: { quotes: number; matched: number } | undefined = { quotes: 0, matched: 0 };

  private constructor(rule: Rule) {
    this.#rule = rule;
  }

  static quoting(): FromQuoting {
    return new FromQuoting(QUOTE);
  }

  static unquoting(kind: "mboxrd" | "mboxo" | "none"): FromQuoting {
    return new FromQuoting(UNQUOTE[kind]);
  }

  push(chunk: Uint8Array): readonly Uint8Array[] {
    const out: Uint8Array[] = [];
    for (let at = 0; at < chunk.length;)
      at = this.#start === undefined ? this.#passLine(chunk, at, out) : this.#readStart(chunk, at, out);
    return out;
  }

  /** What was held back. */
  end(): readonly Uint8Array[] {
    const out: Uint8Array[] = [];
    if (this.#start !== undefined) this.#settle(this.#start.quotes, out);
    return out;
  }

  // Passes what is left of lines that cannot be quoted, up to the start of one that may be.
  #passLine(chunk: Uint8Array, from: number, out: Uint8Array[]): number {
    let end = chunk.indexOf(LF, from);
    while (end !== -1 && end + 1 < chunk.length && chunk[end + 1] !== GREATER && chunk[end + 1] !== WORD[0])
      end = chunk.indexOf(LF, end + 1);
    const to = end === -1 ? chunk.length : end + 1;
    out.push(chunk.subarray(from, to));
    if (end !== -1) this.#start = { quotes: 0, matched: 0 };
    return to;
  }

  #readStart(chunk: Uint8Array, from: number, out: Uint8Array[]): number {
    const start = this.#start;
    let at = from;
    while (start !== undefined && at < chunk.length) {
      if (start.matched === 0 && chunk[at] === GREATER && start.quotes < RUN_MAX) start.quotes += 1;
      else if (chunk[at] === WORD[start.matched]) start.matched += 1;
      else {
        this.#settle(start.quotes, out);
        return at;
      }
      at += 1;
      if (start.matched === WORD.length) {
        this.#settle(this.#rule(start.quotes), out);
        return at;
      }
    }
    return at;
  }

  #settle(quotes: number, out: Uint8Array[]): void {
    const held = Buffer.alloc(quotes + (this.#start?.matched ?? 0), GREATER);
    WORD.copy(held, quotes, 0, this.#start?.matched ?? 0);
    if (held.length > 0) out.push(held);
    this.#start = undefined;
  }
}
