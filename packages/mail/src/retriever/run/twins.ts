// Messages that only their octets tell apart: nothing names them, or their unique-id is shared and no header can be had.
// Those of one session that have the same name and octets are counted, on from those that were removed for certain by this
// run, or that a listing was without since, so that each of them is kept.
import { NAMELESS, type KnownMessage } from "../decide/known.ts";
import { nthOccurrence } from "../decide/occurrences.ts";
import { occurrenceIn } from "../decide/pair.ts";

export interface TwinsOptions {
  readonly known: () => readonly KnownMessage[];
  /** Rows of what this run removed for certain. */
  readonly goneNow: ReadonlySet<number>;
}

export class Twins {
  readonly #o: TwinsOptions;
  readonly #counts = new Map<string, number>();
  #removed: ReadonlySet<string> | undefined;

  constructor(o: TwinsOptions) {
    this.#o = o;
  }

  /** Of another message with this name and these octets: which of its like it is. */
  occurrenceOf(uniqueId: string, sha256: string): number {
    const key = `${sha256} ${uniqueId}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    const removed = (this.#removed ??= this.#removedKeys());
    return nthOccurrence(count, (place) => removed.has(`${place} ${key}`));
  }

  #removedKeys(): ReadonlySet<string> {
    const { known, goneNow } = this.#o;
    const rows = known().filter((one) => goneNow.has(one.id) || wasSeenGone(one));
    return new Set(rows.map(({ uniqueId, sha256 = "", keyHash }) => `${occurrenceIn(keyHash)} ${sha256} ${uniqueId}`));
  }
}

/** What never had a name counts as missing whether it is there or not. */
function wasSeenGone({ uniqueId, removedAt, inferred, missing }: KnownMessage): boolean {
  return uniqueId !== NAMELESS && removedAt !== undefined && inferred === undefined && missing > 0;
}

/** What the n-th of its like is called where it is kept; no server's unique-id holds a NUL. */
export function keptName(uniqueId: string, occurrence = 1): string {
  return occurrence > 1 ? `${uniqueId}\0${occurrence}` : uniqueId;
}
