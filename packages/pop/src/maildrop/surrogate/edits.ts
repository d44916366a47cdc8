// A surrogate is kept as what differs from the message: octets taken out and ASCII put in, in order. It never changes
// once made, so that every listing and every retrieval count the same octets.

export interface SurrogateEdit {
  /** Octets of the message before it. */
  readonly at: number;
  readonly removed: number;
  /** ASCII. */
  readonly inserted: string;
}

/** Octets of the surrogate of a message of so many. */
export function surrogateOctets(octets: number, edits: readonly SurrogateEdit[]): number {
  return edits.reduce((sum, { removed, inserted }) => sum - removed + inserted.length, octets);
}

/** The same edits in a message that has so many octets put before it. */
export function shiftedEdits(edits: readonly SurrogateEdit[], by: number): readonly SurrogateEdit[] {
  return by === 0 ? edits : edits.map((edit) => ({ ...edit, at: edit.at + by }));
}

/** Makes the surrogate of a message that comes in chunks. Chunks without an edit are passed on, not copied. */
export class SurrogateMaker {
  readonly #edits: readonly SurrogateEdit[];
  #next = 0;
  /** Octets of the message taken so far. */
  #position = 0;
  /** Octets still to be left out, of an edit that reaches into the next chunk. */
  #toRemove = 0;

  constructor(edits: readonly SurrogateEdit[]) {
    this.#edits = edits;
  }

  push(chunk: Uint8Array): Uint8Array {
    const end = this.#position + chunk.length;
    if (this.#toRemove === 0 && (this.#edits[this.#next]?.at ?? Infinity) >= end) {
      this.#position = end;
      return chunk;
    }
    const parts: Uint8Array[] = [];
    for (let at = this.#leaveOut(chunk, 0); at < chunk.length;) {
      const edit = this.#edits[this.#next];
      const until = Math.min(chunk.length, (edit?.at ?? Infinity) - this.#position);
      if (until > at) parts.push(chunk.subarray(at, until));
      at = until;
      if (edit === undefined || at === chunk.length) break;
      this.#next += 1;
      parts.push(Buffer.from(edit.inserted, "latin1"));
      this.#toRemove = edit.removed;
      at = this.#leaveOut(chunk, at);
    }
    this.#position = end;
    return Buffer.concat(parts);
  }

  #leaveOut(chunk: Uint8Array, at: number): number {
    const left = Math.min(this.#toRemove, chunk.length - at);
    this.#toRemove -= left;
    return at + left;
  }
}
