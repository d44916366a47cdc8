// Messages that nothing names are known by their octets. Those of one session that have the same are counted, on from
// those this run collected and removed for certain, so that each of them is kept.
import { NAMELESS, type KnownMessage } from "../decide/known.ts";
import { nthOccurrence } from "../decide/occurrences.ts";
import { duplicateKey } from "../decide/pair.ts";

export interface NamelessOptions {
  readonly known: () => readonly KnownMessage[];
  /** Rows of what this run collected. */
  readonly collectedNow: ReadonlySet<number>;
}

export class Nameless {
  readonly #o: NamelessOptions;
  readonly #counts = new Map<string, number>();
  #removed: ReadonlySet<string> | undefined;

  constructor(o: NamelessOptions) {
    this.#o = o;
  }

  /** Of another message with these octets: which of its like it is. */
  occurrenceOf(sha256: string): number {
    const count = (this.#counts.get(sha256) ?? 0) + 1;
    this.#counts.set(sha256, count);
    const removed = (this.#removed ??= this.#removedKeys());
    return nthOccurrence(count, (place) => removed.has(duplicateKey(sha256, place)));
  }

  #removedKeys(): ReadonlySet<string> {
    const { known, collectedNow } = this.#o;
    const rows = known().filter(
      ({ id, uniqueId, removedAt, inferred }) =>
        uniqueId === NAMELESS && collectedNow.has(id) && removedAt !== undefined && inferred === undefined,
    );
    return new Set(rows.map(({ keyHash }) => keyHash));
  }
}

/** What the n-th of its like is called where it is kept. */
export function namelessId(occurrence: number): string {
  return duplicateKey(NAMELESS, occurrence);
}
