// Byte-stuffing both ways (RFC 1939 §3, RFC 5321 §4.5.2), streamed. A line begins at the start of the data and after
// CRLF, nowhere else: a dot after a bare LF or a bare CR is data, so nobody can smuggle an end in.
import { CR, DOT, LF, PLAIN_KERNEL, type OctetKernel } from "./octets.ts";

/** The line that ends a multi-line reply and a message sent by LMTP. */
export const TERMINATION = ".\r\n";

const TERMINATION_OCTETS = Uint8Array.of(DOT, CR, LF);
const LATE_TERMINATION_OCTETS = Uint8Array.of(CR, LF, DOT, CR, LF);
const CR_OCTET = Uint8Array.of(CR);
/** More pieces than this are copied into one: a write of many tiny pieces costs more than the copy. */
const PIECES_MAX = 16;

/** Where in a line the data so far ends. */
type Place = "line-start" | "in-line" | "after-cr";

/** Doubles the dots at line starts. Takes canonical CRLF data in any chunks. */
export class DotStuffer {
  readonly #kernel: OctetKernel;
  #place: Place = "line-start";

  constructor(options?: { readonly kernel?: OctetKernel }) {
    this.#kernel = options?.kernel ?? PLAIN_KERNEL;
  }

  /** The stuffed chunk, as parts of it where possible. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let from = 0;
    let dot = nextLineDot(this.#kernel, chunk, 0, this.#place);
    while (dot >= 0) {
      // This piece ends with the dot and the next begins with it: it is sent twice.
      pieces.push(chunk.subarray(from, dot + 1));
      from = dot;
      dot = nextLineDot(this.#kernel, chunk, dot + 1, "in-line");
    }
    if (from < chunk.length) pieces.push(chunk.subarray(from));
    this.#place = placeAfter(chunk, this.#place);
    return compact(pieces);
  }

  /** The termination line, after a CRLF if the data lacked its last one (RFC 1939 §3). */
  end(): Uint8Array {
    return this.#place === "line-start" ? TERMINATION_OCTETS : LATE_TERMINATION_OCTETS;
  }
}

/** What came out of one chunk of stuffed data. */
export interface Unstuffed {
  readonly data: readonly Uint8Array[];
  /** The octets behind the termination line; undefined until it was seen. */
  readonly rest: Uint8Array | undefined;
}

/** Takes the doubled dots out again and finds the end, which is CRLF.CRLF and nothing else. */
export class DotUnstuffer {
  readonly #kernel: OctetKernel;
  #place: Place = "line-start";
  /** What a chunk ended with that may yet be a termination line; not given out so far. */
  #held: "" | "." | ".\r" = "";
  #ended = false;

  constructor(options?: { readonly kernel?: OctetKernel }) {
    this.#kernel = options?.kernel ?? PLAIN_KERNEL;
  }

  /** The data in this chunk. After the end all octets are rest. */
  push(chunk: Uint8Array): Unstuffed {
    if (this.#ended) return { data: [], rest: chunk };
    const pieces: Uint8Array[] = [];
    let from = this.#held === "" ? 0 : this.#settle(chunk, pieces);
    let dot = this.#nextDot(chunk, from);
    while (!this.#ended && dot >= 0) {
      if (dot > from) pieces.push(chunk.subarray(from, dot));
      this.#held = ".";
      this.#place = "line-start";
      from = this.#settle(chunk.subarray(dot + 1), pieces) + dot + 1;
      dot = this.#nextDot(chunk, from);
    }
    if (this.#ended) return { data: compact(pieces), rest: chunk.subarray(from) };
    if (from < chunk.length) {
      pieces.push(chunk.subarray(from));
      this.#place = placeAfter(chunk.subarray(from), this.#place);
    }
    return { data: compact(pieces), rest: undefined };
  }

  #nextDot(chunk: Uint8Array, from: number): number {
    return this.#held === "" ? nextLineDot(this.#kernel, chunk, from, this.#place) : -1;
  }

  /** Decides what the held dot was by the octets that follow it, and gives how many of them it used up. */
  #settle(octets: Uint8Array, pieces: Uint8Array[]): number {
    let at = 0;
    if (this.#held === "." && octets[at] === CR) {
      this.#held = ".\r";
      at += 1;
    }
    if (at === octets.length) return at;
    if (this.#held === ".\r" && octets[at] === LF) {
      this.#ended = true;
      return at + 1;
    }
    // The line goes on, so its dot was stuffing and goes; a CR that was held is data.
    if (this.#held === ".\r") pieces.push(CR_OCTET);
    this.#place = this.#held === ".\r" ? "after-cr" : "in-line";
    this.#held = "";
    return at;
  }
}

/** The first dot at or after `from` that begins a line; `place` says where the octet at `from` stands. */
function nextLineDot(kernel: OctetKernel, octets: Uint8Array, from: number, place: Place): number {
  if (place === "line-start" && octets[from] === DOT) return from;
  if (place === "after-cr" && octets[from] === LF && octets[from + 1] === DOT) return from + 1;
  let dot = kernel.indexOf(octets, DOT, from);
  while (dot >= 0) {
    if (dot - from >= 2 && octets[dot - 1] === LF && octets[dot - 2] === CR) return dot;
    // A dot inside a line: the next one of interest is in a later line.
    const lineEnd = kernel.indexOf(octets, LF, dot);
    if (lineEnd < 0) return -1;
    dot = kernel.indexOf(octets, DOT, lineEnd);
  }
  return -1;
}

function placeAfter(octets: Uint8Array, before: Place): Place {
  const last = octets.at(-1);
  if (last === undefined) return before;
  if (last === CR) return "after-cr";
  if (last !== LF) return "in-line";
  const crBefore = octets.length === 1 ? before === "after-cr" : octets.at(-2) === CR;
  return crBefore ? "line-start" : "in-line";
}

function compact(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  return pieces.length > PIECES_MAX ? [joined(pieces)] : pieces;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((octets, piece) => octets + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
