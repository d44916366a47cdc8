// A server that was moved or rebuilt gives every message a new unique-id. Without care that collects all of it again.
import { isMadeUniqueId, type Copy, type KnownMessage, type ListedMessage } from "./known.ts";
import { duplicateKey, type Pairing } from "./pair.ts";

/** Known messages that should have been in the listing, and new ones that are. */
export interface Migration {
  readonly vanished: readonly KnownMessage[];
  readonly unknown: readonly ListedMessage[];
}

/** More than half of what was there is gone, and as many that nobody knows have come. */
export function findMigration({ pairs, absent }: Pairing): Migration | undefined {
  const vanished = absent.filter(isExpected);
  const unknown = pairs.filter(({ known }) => known === undefined).map(({ entry }) => entry);
  const expected = vanished.length + pairs.filter(({ known }) => known !== undefined && isExpected(known)).length;
  const isOne = vanished.length * 2 > expected && unknown.length * 2 > expected;
  return isOne ? { vanished, unknown } : undefined;
}

/** Messages that had no unique-id, and may have one now: among the new ones there are some of their sizes. */
export function findNamed({ pairs, absent }: Pairing): Migration | undefined {
  const vanished = absent.filter(({ uniqueId, removedAt }) => isMadeUniqueId(uniqueId) && removedAt === undefined);
  const sizes = new Set(vanished.map(({ octets }) => octets));
  const unknown = pairs.flatMap(({ entry, known }) => (known === undefined && sizes.has(entry.octets) ? [entry] : []));
  return unknown.length === 0 ? undefined : { vanished, unknown };
}

/** It was there at the last whole listing, and nothing of ours took it away. */
function isExpected({ missing, removedAt, pending }: KnownMessage): boolean {
  return missing === 0 && removedAt === undefined && pending === undefined;
}

export interface Adoption {
  readonly entry: ListedMessage;
  readonly known: KnownMessage;
  /** Row of the new unique-id, which was tried before and did not come. */
  readonly failed?: number | undefined;
  /** Somebody asked for it, and it is not everywhere it should be: it is new again, and has these copies. */
  readonly again?: { readonly there: readonly Copy[] };
}

/** New unique-ids for old messages: same size and same header, each used once. */
export function matchMigration(
  { vanished, unknown }: Migration,
  headerHashes: ReadonlyMap<number, string>,
): readonly Adoption[] {
  const left = new Map<string, KnownMessage[]>();
  for (const known of vanished) {
    if (known.headerHash === undefined) continue;
    const key = `${known.octets} ${known.headerHash}`;
    left.set(key, [...(left.get(key) ?? []), known]);
  }
  return unknown.flatMap((entry) => {
    const known = left.get(`${entry.octets} ${headerHashes.get(entry.n) ?? ""}`)?.shift();
    return known === undefined ? [] : [{ entry, known }];
  });
}

/** Unique-ids that several messages have need the header beside them; of equal ones each has a key that `isFree`. */
export function adoptedKeyHash({ entry, known }: Adoption, isFree: (keyHash: string) => boolean): string {
  if (!entry.isDuplicate || known.headerHash === undefined) return "";
  for (let occurrence = 1; ; occurrence += 1) {
    const keyHash = duplicateKey(known.headerHash, occurrence);
    if (isFree(keyHash)) return keyHash;
  }
}

export const MIGRATION_TEXT =
  "the server has new unique-ids: {gone} known messages are gone and {came} unknown ones came; {adopted} of them are known by size and header and are not collected again";

/** Counts of messages, as MIGRATION_TEXT tells them. */
export interface MigrationCounts {
  readonly gone: number;
  readonly came: number;
  readonly adopted: number;
}

export function countMigration({ vanished, unknown }: Migration, adoptions: readonly Adoption[]): MigrationCounts {
  return { gone: vanished.length, came: unknown.length, adopted: adoptions.length };
}
