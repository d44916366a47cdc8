// A server that was moved or rebuilt gives every message a new unique-id. Without care that collects all of it again.
import { isMadeUniqueId, type Copy, type KnownMessage, type ListedMessage } from "./known.ts";
import { duplicateKey, type Pairing } from "./pair.ts";

/** Known messages that may be there, and are not in the listing, and new ones that are. */
export interface Migration {
  readonly vanished: readonly KnownMessage[];
  readonly unknown: readonly ListedMessage[];
  /** Size and header tell this one, also where many messages may have that header. */
  readonly isToldByAnyHeader: (known: KnownMessage) => boolean;
}

/** More than half of what was there is gone, and as many that nobody knows have come. */
export function findMigration(pairing: Pairing): Migration | undefined {
  const { vanished, unknown } = whatMoved(pairing);
  const gone = vanished.filter(isExpected).length;
  const expected = gone + pairing.pairs.filter(({ known }) => known !== undefined && isExpected(known)).length;
  const isOne = gone * 2 > expected && unknown.length * 2 > expected;
  return isOne ? { vanished, unknown, isToldByAnyHeader: isExpected } : undefined;
}

/** Perhaps a migration: its headers tell, see `isConfirmed`. */
export interface Suspicion extends Migration {
  /** Most of what may be there is gone. */
  readonly isMost: boolean;
  /** And as many that nobody knows have come. */
  readonly isByNumbers: boolean;
}

/** So many are no accident. */
const MOVED_MIN = 2;

/**
 * Some may have been missing for a while, as when a listing was empty while the server was moved, or be marked for a
 * removal that nobody confirmed; or the new server has only a few of them yet. That others are new is as likely.
 */
export function suspectMigration(pairing: Pairing): Suspicion | undefined {
  const { vanished: gone, unknown: came } = whatMoved(pairing);
  const vanished = gone.filter(({ headerHash, sha256 }) => headerHash !== undefined || sha256 !== undefined);
  const all = vanished.length + pairing.pairs.filter(({ known }) => known !== undefined && mayBeThere(known)).length;
  const isMost = vanished.length * 2 > all;
  const sizes = new Set(vanished.map(({ octets }) => octets));
  const unknown = isMost ? came : came.filter(({ octets }) => sizes.has(octets));
  if (vanished.length === 0 || unknown.length < (isMost ? 1 : MOVED_MIN)) return undefined;
  return { vanished, unknown, isToldByAnyHeader: () => false, isMost, isByNumbers: isMost && unknown.length * 2 > all };
}

/** Some came under new unique-ids for certain; or as many as are gone look like those, or show no header to tell by. */
export function isConfirmed(
  { vanished, unknown, isMost, isByNumbers }: Suspicion,
  adoptions: readonly Adoption[],
  headerHashes: ReadonlyMap<number, string>,
): boolean {
  if (adoptions.length >= (isMost ? 1 : MOVED_MIN)) return true;
  if (!isByNumbers || unknown.length < MOVED_MIN) return false;
  const gone = new Set(vanished.map(({ headerHash }) => headerHash));
  const hashes = unknown.flatMap(({ n }) => headerHashes.get(n) ?? []);
  return hashes.length === 0 || hashes.filter((one) => gone.has(one)).length >= MOVED_MIN;
}

/** A unique-id that is known with another size is neither gone nor new. */
function whatMoved({ pairs, absent }: Pairing): Pick<Migration, "vanished" | "unknown"> {
  const again = new Set(pairs.filter(({ isReused }) => isReused).map(({ entry }) => entry.uniqueId));
  return {
    vanished: absent.filter((known) => mayBeThere(known) && !again.has(known.uniqueId)),
    unknown: pairs.flatMap(({ entry, known }) => (known === undefined && !again.has(entry.uniqueId) ? [entry] : [])),
  };
}

/** Messages that had no unique-id, and may have one now: among the new ones there are some of their sizes. */
export function findNamed({ pairs, absent }: Pairing): Migration | undefined {
  const vanished = absent.filter(({ uniqueId, removedAt }) => isMadeUniqueId(uniqueId) && removedAt === undefined);
  const sizes = new Set(vanished.map(({ octets }) => octets));
  const unknown = pairs.flatMap(({ entry, known }) => (known === undefined && sizes.has(entry.octets) ? [entry] : []));
  return unknown.length === 0 ? undefined : { vanished, unknown, isToldByAnyHeader: () => true };
}

/** Nothing but its absence ever said that it was removed. */
function mayBeThere({ removedAt, inferred }: KnownMessage): boolean {
  return removedAt === undefined || inferred !== undefined;
}

/** Its removal was asked for, and no answer told of it. */
function isUnconfirmed({ pending, inferred }: KnownMessage): boolean {
  return pending !== undefined || inferred !== undefined;
}

/** It was there at the last whole listing, and nothing of ours took it away. */
function isExpected({ missing, removedAt, pending }: KnownMessage): boolean {
  return missing === 0 && removedAt === undefined && pending === undefined;
}

export interface Adoption {
  readonly entry: ListedMessage;
  readonly known: KnownMessage;
  /** All its octets came, and are those that were collected. */
  readonly isByOctets?: boolean;
  /** Row of the new unique-id, which was tried before and did not come. */
  readonly failed?: number | undefined;
  /** Somebody asked for it, and it is not everywhere it should be: it is new again, and has these copies. */
  readonly again?: { readonly there: readonly Copy[] };
}

/**
 * New unique-ids for old messages: same size and same header, each used once. `distinct`: numbers of messages whose header
 * no other message has. Of several that look alike, those that are to be removed are found last.
 */
export function matchMigration(
  { vanished, unknown, isToldByAnyHeader }: Migration,
  headerHashes: ReadonlyMap<number, string>,
  distinct: ReadonlySet<number> = new Set(),
): readonly Adoption[] {
  const left = new Map<string, KnownMessage[]>();
  for (const known of vanished.toSorted((one, other) => Number(isUnconfirmed(one)) - Number(isUnconfirmed(other)))) {
    if (known.headerHash === undefined) continue;
    const key = `${known.octets} ${known.headerHash}`;
    left.set(key, [...(left.get(key) ?? []), known]);
  }
  return unknown.flatMap((entry) => {
    const alike = left.get(`${entry.octets} ${headerHashes.get(entry.n) ?? ""}`) ?? [];
    const at = alike.findIndex((known) => distinct.has(entry.n) || isToldByAnyHeader(known));
    const [known] = at === -1 ? [] : alike.splice(at, 1);
    return known === undefined ? [] : [{ entry, known }];
  });
}

/**
 * Unique-ids that several messages have need the header beside them; of equal ones each has a key that `isFree`. One that is
 * to be removed and was told by its header has such a key too, so that all its octets are compared before.
 */
export function adoptedKeyHash(
  { entry, known, isByOctets = false }: Adoption,
  isFree: (keyHash: string) => boolean,
): string {
  const isToCompare = entry.isDuplicate || (isUnconfirmed(known) && !isByOctets);
  if (!isToCompare || known.headerHash === undefined) return "";
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
