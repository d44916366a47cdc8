// Where there are no unique-ids a message is its octets, and which of its like it is: `HASH-1`, `HASH-2`. The client counts
// those that are there; the count goes on from those that were there and were certainly removed, which an absence alone
// does not tell. So a twin that is left
// when the other was removed is still itself, and one that comes later is another message.
import type { KnownMessage } from "./known.ts";

interface Named {
  readonly uniqueId: string | null;
}

const NAME = /^([0-9a-f]{64})-(\d+)$/;
/** So many twins of removed messages at once, and most of the listing: the server was restored, and somebody must be asked. */
const RESTORED_MIN = 3;

/** The same messages under names that count what was removed. */
export function countingRemoved<Entry extends Named>(
  entries: readonly Entry[],
  known: readonly KnownMessage[],
): readonly Entry[] {
  const removed = removedOccurrences(known);
  let changed = 0;
  const renamed = entries.map((entry) => {
    const [, hash, place] = NAME.exec(entry.uniqueId ?? "") ?? [];
    const gone = removed.get(hash ?? "");
    if (gone === undefined) return entry;
    changed += 1;
    return { ...entry, uniqueId: `${hash}-${nthOccurrence(Number(place), (occurrence) => gone.has(occurrence))}` };
  });
  const isRestored = changed >= RESTORED_MIN && changed * 2 > entries.length;
  return isRestored ? entries : renamed;
}

/** By hash. */
function removedOccurrences(known: readonly KnownMessage[]): ReadonlyMap<string, ReadonlySet<number>> {
  const removed = new Map<string, Set<number>>();
  for (const { uniqueId, removedAt, inferred } of known) {
    const [, hash = "", place] = NAME.exec(uniqueId) ?? [];
    if (removedAt === undefined || inferred !== undefined || place === undefined) continue;
    const places = removed.get(hash) ?? new Set();
    removed.set(hash, places.add(Number(place)));
  }
  return removed;
}

/** The n-th of the numbers from 1 that are not among those gone. */
export function nthOccurrence(n: number, isGone: (occurrence: number) => boolean): number {
  let occurrence = 0;
  for (let left = n; left > 0;) {
    occurrence += 1;
    if (!isGone(occurrence)) left -= 1;
  }
  return occurrence;
}
