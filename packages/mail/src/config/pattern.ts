// Regular expressions of the configuration, matched in time that grows with the text and never with its tricks: strangers
// write the headers they are held against. The usual syntax without look-around and back-references.

/** Finds the pattern anywhere in a text, upper and lower case alike. */
export interface Pattern {
  test(text: string): boolean;
}

/** What is wrong with a pattern. */
export class PatternError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PatternError";
  }
}

type Holds = (character: string) => boolean;
type Place = "start" | "end" | "boundary" | "inside";

/** A state of the machine: goes on at `next` (and `other`) when its character or place holds. */
type State =
  | { readonly kind: "character"; readonly holds: Holds; readonly next: number }
  | { readonly kind: "place"; readonly place: Place; readonly next: number }
  | { readonly kind: "split"; next: number; other: number }
  | { readonly kind: "found" };

type Node =
  | { readonly kind: "character"; readonly holds: Holds }
  | { readonly kind: "place"; readonly place: Place }
  | { readonly kind: "all"; readonly parts: readonly Node[] }
  | { readonly kind: "any"; readonly parts: readonly Node[] }
  | { readonly kind: "times"; readonly part: Node; readonly min: number; readonly max: number };

const STATES_MAX = 5_000;
const TIMES_MAX = 200;
const DEPTH_MAX = 50;

/** Throws PatternError. */
export function compilePattern(text: string): Pattern {
  const node = new Parser(text.toLowerCase(), text).parse();
  const states: State[] = [{ kind: "found" }];
  const first = build(node, 0, states);
  return { test: (input) => run(states, first, input) };
}

/** Adds the states of a node that goes on at `next`; answers where it begins. */
function build(node: Node, next: number, states: State[]): number {
  switch (node.kind) {
    case "character":
    case "place":
      return add({ ...node, next }, states);
    case "all":
      return node.parts.reduceRight((after, part) => build(part, after, states), next);
    case "any":
      return node.parts
        .map((part) => build(part, next, states))
        .reduceRight((other, one) => add({ kind: "split", next: one, other }, states));
    case "times":
      return buildTimes(node, next, states);
  }
}

function buildTimes(
  { part, min, max }: Extract<Node, { readonly kind: "times" }>,
  next: number,
  states: State[],
): number {
  let start = next;
  if (max === Infinity) {
    const loop: State = { kind: "split", next, other: next };
    start = add(loop, states);
    loop.next = build(part, start, states);
  } else {
    for (let i = min; i < max; i += 1)
      start = add({ kind: "split", next: build(part, start, states), other: next }, states);
  }
  for (let i = 0; i < min; i += 1) start = build(part, start, states);
  return start;
}

function add(state: State, states: State[]): number {
  if (states.length >= STATES_MAX) throw new PatternError("is too large; use smaller repetitions");
  return states.push(state) - 1;
}

/** All states at once, one character after the other. */
function run(states: readonly State[], first: number, input: string): boolean {
  const text = input.toLowerCase();
  let current = new Set<number>();
  for (let at = 0; at <= text.length; at += 1) {
    enter({ states, text, at, into: current }, first);
    if (current.has(0)) return true;
    const following = new Set<number>();
    for (const index of current) {
      const state = states[index];
      if (state?.kind === "character" && at < text.length && state.holds(text[at] ?? ""))
        enter({ states, text, at: at + 1, into: following }, state.next);
    }
    current = following;
    if (current.has(0)) return true;
  }
  return false;
}

interface Entering {
  readonly states: readonly State[];
  readonly text: string;
  readonly at: number;
  readonly into: Set<number>;
}

function enter({ states, text, at, into }: Entering, first: number): void {
  const waiting = [first];
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    if (into.has(index)) continue;
    into.add(index);
    const state = states[index];
    if (state?.kind === "split") waiting.push(state.other, state.next);
    else if (state?.kind === "place" && isAt(state.place, text, at)) waiting.push(state.next);
  }
}

function isAt(place: Place, text: string, at: number): boolean {
  if (place === "start") return at === 0;
  if (place === "end") return at === text.length;
  const isBoundary = isWord(text[at - 1] ?? "") !== isWord(text[at] ?? "");
  return isBoundary === (place === "boundary");
}

const isDigit: Holds = (character) => character >= "0" && character <= "9" && character.length === 1;
const isSpace: Holds = (character) => /^\s$/.test(character);
const isWord: Holds = (character) => /^\w$/.test(character);
const not =
  (holds: Holds): Holds =>
  (character) =>
    !holds(character);

const CLASSES: Readonly<Record<string, Holds>> = {
  d: isDigit,
  D: not(isDigit),
  s: isSpace,
  S: not(isSpace),
  w: isWord,
  W: not(isWord),
};
const CONTROLS: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f", v: "\v", 0: "\0" };

class Parser {
  readonly #text: string;
  /** As written: an escape means another thing in upper case. */
  readonly #written: string;
  #at = 0;
  #depth = 0;

  constructor(text: string, written: string) {
    // Lower case of another length (U+0130 alone) would shift what is written against what is compared.
    this.#text = text.length === written.length ? text : written;
    this.#written = written;
  }

  parse(): Node {
    const node = this.#alternatives();
    if (this.#at < this.#text.length) throw new PatternError("has a ) without its (; write \\) for the character");
    return node;
  }

  #alternatives(): Node {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new PatternError("has too many groups in each other");
    const parts = [this.#sequence()];
    while (this.#take("|")) parts.push(this.#sequence());
    this.#depth -= 1;
    return parts.length === 1 ? (parts[0] as Node) : { kind: "any", parts };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#text.length && !"|)".includes(this.#text[this.#at] ?? "")) parts.push(this.#repeated());
    return { kind: "all", parts };
  }

  #repeated(): Node {
    const part = this.#single();
    const range = this.#range();
    if (range === undefined) return part;
    this.#take("?"); // Whether it matches is the same, greedy or not.
    if (this.#range() !== undefined) throw new PatternError("repeats a repetition");
    return { kind: "times", part, ...range };
  }

  #range(): { readonly min: number; readonly max: number } | undefined {
    if (this.#take("*")) return { min: 0, max: Infinity };
    if (this.#take("+")) return { min: 1, max: Infinity };
    if (this.#take("?")) return { min: 0, max: 1 };
    const [whole, least = "", comma, most = ""] =
      /^\{(\d+)(,(\d*))?\}/.exec(this.#text.slice(this.#at, this.#at + 20)) ?? [];
    if (whole === undefined) return undefined;
    this.#at += whole.length;
    const min = Number(least);
    const max = comma === undefined ? min : comma === "," ? Infinity : Number(comma.slice(1) || most);
    if (min > TIMES_MAX || (max !== Infinity && max > TIMES_MAX) || max < min)
      throw new PatternError(`has a repetition ${whole}; write from 0 to ${TIMES_MAX}, the smaller first`);
    return { min, max };
  }

  #single(): Node {
    const character = this.#next();
    switch (character) {
      case "(":
        return this.#group();
      case "[":
        return { kind: "character", holds: this.#set() };
      case ".":
        return { kind: "character", holds: (one) => one !== "\n" };
      case "^":
        return { kind: "place", place: "start" };
      case "$":
        return { kind: "place", place: "end" };
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
        throw new PatternError(`has a ${character} with nothing before it; write \\${character} for the character`);
      default:
        return literal(character);
    }
  }

  #group(): Node {
    if (this.#take("?") && !this.#take(":"))
      throw new PatternError("looks around or names a group, which is not supported; write (...) or (?:...)");
    const node = this.#alternatives();
    if (!this.#take(")")) throw new PatternError("has a ( without its ); write \\( for the character");
    return node;
  }

  #escape(): Node {
    const written = this.#writtenNext();
    if (written === "b" || written === "B") return { kind: "place", place: written === "b" ? "boundary" : "inside" };
    if (/[1-9k]/.test(written)) throw new PatternError("refers back to a group, which is not supported");
    const holds = CLASSES[written];
    return holds === undefined ? literal(CONTROLS[written] ?? written.toLowerCase()) : { kind: "character", holds };
  }

  #set(): Holds {
    const isNegated = this.#take("^");
    const parts: Holds[] = [];
    while (!this.#take("]")) parts.push(this.#setPart());
    const holds: Holds = (character) => parts.some((part) => part(character));
    return isNegated ? not(holds) : holds;
  }

  #setPart(): Holds {
    const low = this.#setCharacter();
    if (typeof low === "function") return low;
    const isRange =
      this.#text[this.#at] === "-" && this.#text[this.#at + 1] !== "]" && this.#at + 1 < this.#text.length;
    if (!isRange) return (character) => character === low;
    this.#at += 1;
    const high = this.#setCharacter();
    if (typeof high === "function" || high < low) throw new PatternError(`has a range from ${low} that does not go up`);
    return (character) => character >= low && character <= high && character.length === 1;
  }

  #setCharacter(): string | Holds {
    const character = this.#next("has a [ without its ]; write \\[ for the character");
    if (character !== "\\") return character;
    const written = this.#writtenNext();
    return CLASSES[written] ?? (written === "b" ? "\b" : (CONTROLS[written] ?? written.toLowerCase()));
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #next(message = "ends too early"): string {
    const character = this.#text[this.#at];
    if (character === undefined) throw new PatternError(message);
    this.#at += 1;
    return character;
  }

  #writtenNext(): string {
    const character = this.#written[this.#at];
    if (character === undefined) throw new PatternError("ends with a lone backslash; write \\\\ for the character");
    this.#at += 1;
    return character;
  }
}

function literal(wanted: string): Node {
  return { kind: "character", holds: (character) => character === wanted };
}
