// Where there are no unique-ids a message is its octets, and which of its like it is: `HASH-1`, `HASH-2`. The client counts
// those that are there; the count goes on from those that were there and were certainly removed, which an absence alone
// does not tell, and passes over those that their number tells are gone. So a twin that is left when the other was removed
// is still itself, and one that comes later is another message.
import type { KnownMessage } from "./known.ts";
import { stillThere } from "./siblings.ts";

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
  const counts = new Map<string, number>();
  for (const { uniqueId } of entries) {
    const hash = octetsIn(uniqueId ?? "");
    if (hash !== undefined) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  const places = new Map([...rowsByOctets(known)].map(([hash, rows]) => [hash, placesOf(rows, counts.get(hash) ?? 0)]));
  let changed = 0;
  const renamed = entries.map((entry) => {
    const [, hash = "", place] = NAME.exec(entry.uniqueId ?? "") ?? [];
    const of = places.get(hash);
    if (of === undefined) return entry;
    if (of.hasRemoved) changed += 1;
    return { ...entry, uniqueId: `${hash}-${of.nth(Number(place))}` };
  });
  const isRestored = changed >= RESTORED_MIN && changed * 2 > entries.length;
  return isRestored ? entries : renamed;
}

/** The hash in a name made of octets. */
export function octetsIn(uniqueId: string): string | undefined {
  return NAME.exec(uniqueId)?.[1];
}

function rowsByOctets(known: readonly KnownMessage[]): ReadonlyMap<string, readonly KnownMessage[]> {
  const rows = new Map<string, KnownMessage[]>();
  for (const message of known) {
    const hash = octetsIn(message.uniqueId);
    if (hash !== undefined) rows.set(hash, [...(rows.get(hash) ?? []), message]);
  }
  return rows;
}

interface Places {
  /** Some of them were removed for certain. */
  readonly hasRemoved: boolean;
  /** Which of its like the n-th in the listing is. */
  nth(n: number): number;
}

/** Of those with one hash: first the known ones that are there, then those nobody knows. */
function placesOf(rows: readonly KnownMessage[], count: number): Places {
  const left = rows.filter(({ removedAt, inferred }) => removedAt === undefined || inferred !== undefined);
  const there = stillThere(
    left.toSorted((one, other) => placeOf(one) - placeOf(other)),
    count,
  ).map(placeOf);
  const taken = new Set(rows.map(placeOf));
  return {
    hasRemoved: left.length < rows.length,
    nth: (n) => there[n - 1] ?? nthOccurrence(n - there.length, (place) => taken.has(place)),
  };
}

function placeOf({ uniqueId }: KnownMessage): number {
  return Number(NAME.exec(uniqueId)?.[2]);
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
