// Octets in, bounded lines out. Lines are pulled, so a driver can stop between two of them (STLS, a slow command).
// Each octet is scanned once and copied at most once, however the input is cut; a line inside one chunk is not copied.
import { CR, LF, PLAIN_KERNEL, type OctetKernel } from "./octets.ts";

/** A line without its line end, or the news that one was over the limit and is thrown away up to its end. */
export type ReadLine = { readonly kind: "line"; readonly octets: Uint8Array } | { readonly kind: "too-long" };

/** Octets a line may have, its end included, judged by how it begins. */
export type LineLimit = (head: Uint8Array) => number;

const TOO_LONG: ReadLine = { kind: "too-long" };
const KEPT_CAPACITY = 4_096;
/** One for all: an idle session needs no memory of its own for a line that has not begun. */
const NO_OCTETS = new Uint8Array(0);
/** Chunks that were read are let go of by so many at least, and half of all: moving the others up costs little then. */
const READ_CHUNKS_MIN = 32;

/** Cuts a stream into lines that end at LF, with an optional CR before it; a bare CR is part of its line. */
export class LineReader {
  readonly #kernel: OctetKernel;
  #chunks: Uint8Array[] = [];
  #first = 0;
  /** Where the next line begins in the first chunk. */
  #at = 0;
  /** What came before in earlier chunks of the line now being collected; it holds no LF, except when it is whole. */
  #partial: Uint8Array = NO_OCTETS;
  #partialLength = 0;
  /** Found but not yet consumed. */
  #found: ReadLine | undefined;
  /** Where the found line ends in the first chunk (behind its LF); 0 when it is all in `#partial`. */
  #end = 0;
  #discarding = false;
  #unread = 0;

  constructor(options?: { readonly kernel?: OctetKernel }) {
    this.#kernel = options?.kernel ?? PLAIN_KERNEL;
  }

  /** Octets pushed and neither read as lines nor thrown away. */
  get buffered(): number {
    return this.#unread;
  }

  /** Takes the chunk over: it must not be written to while lines of it are in use. */
  push(chunk: Uint8Array): void {
    const kept = this.#discarding ? this.#behindLineEnd(chunk) : chunk;
    if (kept.length === 0) return;
    this.#chunks.push(kept);
    this.#unread += kept.length;
  }

  /** The next line, or undefined when more octets are needed. */
  next(lineOctetsMax: LineLimit): ReadLine | undefined {
    const line = this.peek(lineOctetsMax);
    if (line !== undefined) this.#consume(line);
    return line;
  }

  /** What `next` will give; judged once, by the limit of the first call that sees it. */
  peek(lineOctetsMax: LineLimit): ReadLine | undefined {
    this.#found ??= this.#find(lineOctetsMax);
    return this.#found;
  }

  /** Everything not yet read, for a driver that goes on without lines; the reader is empty and new afterwards. */
  takeRest(): Uint8Array {
    const rest = new Uint8Array(this.#unread);
    rest.set(this.#partial.subarray(0, this.#partialLength));
    let to = this.#partialLength;
    for (let index = this.#first; index < this.#chunks.length; index += 1) {
      const piece = this.#chunk(index).subarray(index === this.#first ? this.#at : 0);
      rest.set(piece, to);
      to += piece.length;
    }
    this.#chunks = [];
    this.#first = this.#at = this.#end = this.#unread = 0;
    this.#found = undefined;
    this.#discarding = false;
    this.#dropPartial();
    return rest;
  }

  #find(lineOctetsMax: LineLimit): ReadLine | undefined {
    while (this.#first < this.#chunks.length) {
      const chunk = this.#chunk(this.#first);
      const lineEnd = this.#kernel.indexOf(chunk, LF, this.#at);
      if (lineEnd >= 0 && this.#partialLength === 0) return this.#lineInChunk(chunk, lineEnd + 1, lineOctetsMax);
      const line = this.#collect(chunk, lineEnd, lineOctetsMax);
      if (line !== undefined) return line;
    }
    return undefined;
  }

  #lineInChunk(chunk: Uint8Array, end: number, lineOctetsMax: LineLimit): ReadLine {
    const octets = chunk.subarray(this.#at, lengthWithoutEnd(chunk, this.#at, end));
    if (end - this.#at > lineOctetsMax(octets)) {
      this.#unread -= end - this.#at;
      this.#advanceTo(end);
      return TOO_LONG;
    }
    this.#end = end;
    return { kind: "line", octets };
  }

  /** Moves what the first chunk has of this line to the part collected so far; the line, if that was its end. */
  #collect(chunk: Uint8Array, lineEnd: number, lineOctetsMax: LineLimit): ReadLine | undefined {
    const whole = lineEnd >= 0;
    const end = whole ? lineEnd + 1 : chunk.length;
    this.#append(chunk.subarray(this.#at, end));
    this.#advanceTo(end);
    const partial = this.#partial.subarray(0, this.#partialLength);
    // Without a line end in sight there is at least one more octet to come.
    if (partial.length + (whole ? 0 : 1) > lineOctetsMax(partial)) {
      this.#unread -= partial.length;
      this.#dropPartial();
      if (!whole) this.#discardQueued();
      return TOO_LONG;
    }
    return whole ? { kind: "line", octets: partial.slice(0, lengthWithoutEnd(partial, 0, partial.length)) } : undefined;
  }

  /** From here to the next line end nothing is kept, so that a line without end costs no memory. */
  #discardQueued(): void {
    this.#discarding = true;
    const queued = this.#chunks.slice(this.#first);
    this.#chunks = [];
    this.#first = 0;
    this.#unread = 0;
    for (const chunk of queued) this.push(chunk);
  }

  #behindLineEnd(chunk: Uint8Array): Uint8Array {
    const lineEnd = this.#kernel.indexOf(chunk, LF, 0);
    if (lineEnd < 0) return chunk.subarray(chunk.length);
    this.#discarding = false;
    return chunk.subarray(lineEnd + 1);
  }

  #consume(line: ReadLine): void {
    this.#found = undefined;
    if (line.kind === "too-long") return;
    if (this.#end === 0) {
      this.#unread -= this.#partialLength;
      this.#dropPartial();
      return;
    }
    this.#unread -= this.#end - this.#at;
    this.#advanceTo(this.#end);
    this.#end = 0;
  }

  #append(octets: Uint8Array): void {
    const length = this.#partialLength + octets.length;
    if (length > this.#partial.length) {
      const larger = new Uint8Array(Math.max(length, this.#partial.length * 2, 64));
      larger.set(this.#partial.subarray(0, this.#partialLength));
      this.#partial = larger;
    }
    this.#partial.set(octets, this.#partialLength);
    this.#partialLength = length;
  }

  #dropPartial(): void {
    this.#partialLength = 0;
    if (this.#partial.length > KEPT_CAPACITY) this.#partial = NO_OCTETS;
  }

  #advanceTo(end: number): void {
    this.#at = end;
    if (end < this.#chunk(this.#first).length) return;
    this.#at = 0;
    this.#first += 1;
    const { length } = this.#chunks;
    if (this.#first < length && this.#first < Math.max(READ_CHUNKS_MIN, length / 2)) return;
    this.#chunks.splice(0, this.#first);
    this.#first = 0;
  }

  #chunk(index: number): Uint8Array {
    return this.#chunks[index] as Uint8Array;
  }
}

function lengthWithoutEnd(octets: Uint8Array, start: number, end: number): number {
  const lineEnd = end - 1;
  return lineEnd > start && octets[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
}
