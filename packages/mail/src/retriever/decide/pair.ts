// Pairs the messages of a listing with what is known: same unique-id and same size, and for those that share both the
// same header. A known unique-id with another size is another message: servers give unique-ids again. So is one that was
// gone, with another header.
import { messageKey, NAMELESS, type KnownMessage, type ListedMessage } from "./known.ts";

export interface Paired {
  readonly entry: ListedMessage;
  readonly known: KnownMessage | undefined;
  /** The unique-id was known with another size. */
  readonly isReused: boolean;
  /** Of a duplicate with the header of others before it: which of them it is, from 2 on; else 1. */
  readonly occurrence: number;
}

export interface Pairing {
  readonly pairs: readonly Paired[];
  /** Known messages the listing does not have; of those without a name nobody can say. */
  readonly absent: readonly KnownMessage[];
  /** Known messages that are gone: other mail has their unique-id and size now. */
  readonly superseded: readonly KnownMessage[];
}

/**
 * Messages that only their header tells from others: those that share a unique-id, those of which others shared it, and
 * those that were not there for a while.
 */
export function needingHeaders(
  listed: readonly ListedMessage[],
  known: readonly KnownMessage[],
): readonly ListedMessage[] {
  const shared = new Set(
    known
      .filter((message) => message.keyHash !== "" || wasGone(message))
      .map(({ uniqueId, octets }) => messageKey(uniqueId, octets)),
  );
  return listed.filter(({ uniqueId, octets, isDuplicate }) => isDuplicate || shared.has(messageKey(uniqueId, octets)));
}

/** `headerHashes` by message-number, of those that need them. */
export function pair(
  listed: readonly ListedMessage[],
  known: readonly KnownMessage[],
  headerHashes: ReadonlyMap<number, string>,
): Pairing {
  const byKey = new Map<string, KnownMessage[]>();
  const ids = new Set<string>();
  for (const message of known) {
    if (message.uniqueId === NAMELESS && !isFailing(message)) continue;
    const key = messageKey(message.uniqueId, message.octets);
    byKey.set(key, [...(byKey.get(key) ?? []), message]);
    if (message.uniqueId !== NAMELESS) ids.add(message.uniqueId);
  }
  const present = new Set<KnownMessage>();
  const superseded: KnownMessage[] = [];
  const occurrences = new Map<string, number>();
  const pairs = listed.map((entry): Paired => {
    const key = messageKey(entry.uniqueId, entry.octets);
    const headerHash = headerHashes.get(entry.n);
    // Each known message is one message: a second that looks the same is another, and its body may differ.
    const candidates = (byKey.get(key) ?? []).filter((message) => !present.has(message));
    const found = choose(entry, candidates, headerHash);
    if (found !== undefined) present.add(found);
    else if (!entry.isDuplicate) superseded.push(...candidates.filter((message) => isOther(message, headerHash)));
    const isReused = found === undefined && ids.has(entry.uniqueId) && !byKey.has(key) && !entry.isDuplicate;
    return { entry, known: found, isReused, occurrence: count(occurrences, entry, headerHash) };
  });
  const absent = known.filter((message) => message.uniqueId !== NAMELESS && !present.has(message));
  return { pairs, absent, superseded };
}

/**
 * Nothing but its octets tells what a nameless message is: each is new, and its destination knows it by them. Those that
 * do not come are counted by their size, or one that ends every session would do so for ever.
 */
function isFailing({ keyHash, state }: KnownMessage): boolean {
  return keyHash === "" && (state === "new" || state === "quarantined");
}

function choose(
  entry: ListedMessage,
  candidates: readonly KnownMessage[],
  headerHash: string | undefined,
): KnownMessage | undefined {
  // One that was several once may be any of them, or one that never came.
  if (!entry.isDuplicate && candidates.every(({ keyHash }) => keyHash === ""))
    return candidates.find((message) => !isOther(message, headerHash));
  // Without a header nothing tells duplicates apart: each is a new message, and its octets decide.
  if (headerHash === undefined) return undefined;
  const alike = candidates.filter(
    ({ keyHash, headerHash: known }) => (keyHash === "" ? known : keyHash.split("#", 1)[0]) === headerHash,
  );
  return alike.find(({ removedAt }) => removedAt === undefined) ?? alike[0];
}

/** Not in the last whole listing, or removed there: what is there under its unique-id now may be other mail. */
function wasGone({ removedAt, missing }: KnownMessage): boolean {
  return removedAt !== undefined || missing > 0;
}

/**
 * The unique-id was given to other mail while this one was gone. One that was certainly removed is there again only when
 * its header says so; of one that was missing, a header that cannot be had says nothing.
 */
function isOther(known: KnownMessage, headerHash: string | undefined): boolean {
  if (known.keyHash !== "" || !wasGone(known)) return false;
  if (known.removedAt !== undefined && known.inferred === undefined)
    return headerHash === undefined || known.headerHash !== headerHash;
  return headerHash !== undefined && known.headerHash !== undefined && known.headerHash !== headerHash;
}

function count(occurrences: Map<string, number>, entry: ListedMessage, headerHash: string | undefined): number {
  if (!entry.isDuplicate || headerHash === undefined) return 1;
  const key = messageKey(entry.uniqueId, entry.octets, headerHash);
  const occurrence = (occurrences.get(key) ?? 0) + 1;
  occurrences.set(key, occurrence);
  return occurrence;
}

/** What tells a duplicate from the others in the memory. */
export function duplicateKey(headerHash: string, occurrence: number): string {
  return occurrence > 1 ? `${headerHash}#${occurrence}` : headerHash;
}
