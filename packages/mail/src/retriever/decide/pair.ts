// Pairs the messages of a listing with what is known: same unique-id and same size, or one under which the same octets
// came, and for those that share both the same header. A known unique-id with another size is another message: servers
// give unique-ids again. So is one that was gone, with another header.
import { messageKey, NAMELESS, type KnownMessage, type ListedMessage } from "./known.ts";
import { isCountedByPlace, isPlace, Places } from "./places.ts";
import { stillThere } from "./siblings.ts";

export interface Paired {
  readonly entry: ListedMessage;
  readonly known: KnownMessage | undefined;
  /** The unique-id was known with another size. */
  readonly isReused: boolean;
  /** Of those whose header was asked for and could be had. */
  readonly headerHash: string | undefined;
  /** Which it is of those with its unique-id, size and header, from 1 on. Undefined when only its octets can tell. */
  readonly occurrence: number | undefined;
  /** Of one that only its octets can tell: what its failures are counted under. */
  readonly place: string | undefined;
}

export interface Pairing {
  readonly pairs: readonly Paired[];
  /** Known messages the listing does not have, as far as anybody can say: nobody can of those without a name. */
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
      .flatMap(({ uniqueId, octets, otherSizes }) => [octets, ...otherSizes].map((size) => messageKey(uniqueId, size))),
  );
  return listed.filter(({ uniqueId, octets, isDuplicate }) => isDuplicate || shared.has(messageKey(uniqueId, octets)));
}

const NONE: ReadonlySet<number> = new Set();

/**
 * `headerHashes` by message-number, of those that need them. `goneNow`: rows of what this very run removed for certain;
 * what looks like one of these now is its twin. It may be left for a while wherever it yields: of a hundred thousand
 * messages it takes half a second.
 */
export function* pair(
  listed: readonly ListedMessage[],
  known: readonly KnownMessage[],
  headerHashes: ReadonlyMap<number, string>,
  goneNow = NONE,
): Generator<void, Pairing> {
  const byKey = new Map<string, KnownMessage[]>();
  const ids = new Set<string>();
  for (const message of known) {
    if (message.uniqueId === NAMELESS && !isCountedByPlace(message)) continue;
    const key = messageKey(message.uniqueId, message.octets);
    byKey.set(key, [...(byKey.get(key) ?? []), message]);
    if (message.uniqueId !== NAMELESS) ids.add(message.uniqueId);
    yield;
  }
  const bySize = rowsOfOtherSizes(known, byKey);
  const present = new Set<KnownMessage>();
  const superseded: KnownMessage[] = [];
  yield;
  const occurrences = new Occurrences(known);
  yield;
  const lookAlikes = new LookAlikes(listed, headerHashes);
  yield;
  const places = new Places(listed, headerHashes);
  const pairs: Paired[] = [];
  for (const entry of listed) {
    yield;
    const key = messageKey(entry.uniqueId, entry.octets);
    const headerHash = headerHashes.get(entry.n);
    // Each known message is one message: a second that looks the same is another, and its body may differ.
    const rows = byKey.get(key) ?? (entry.isDuplicate ? undefined : bySize.get(key)) ?? [];
    const candidates = rows.filter((message) => !present.has(message));
    const eligible = candidates.filter(({ id }) => !goneNow.has(id));
    const found = isUnlike(entry, eligible)
      ? eligible.find((message) => !isOther(message, headerHash))
      : headerHash === undefined
        ? places.rowOf(entry, rows)
        : lookAlikes.next(messageKey(entry.uniqueId, entry.octets, headerHash), eligible, headerHash);
    if (found !== undefined) present.add(found);
    else if (!entry.isDuplicate && byKey.has(key))
      // Where there is no header the octets tell twins of what was just removed, and for that its row is needed.
      superseded.push(...(headerHash === undefined ? eligible : candidates).filter((one) => isOther(one, headerHash)));
    const isReused = found === undefined && ids.has(entry.uniqueId) && rows.length === 0 && !entry.isDuplicate;
    const occurrence = occurrences.of(entry, found, headerHash);
    const place = occurrence === undefined ? places.keyOf(entry) : undefined;
    pairs.push({ entry, known: found, isReused, headerHash, occurrence, place });
  }
  const replaced = new Set([...superseded, ...places.lost]);
  const rest = known.filter((one) => one.uniqueId !== NAMELESS && !present.has(one) && !places.lost.has(one));
  yield;
  const unseen = unseenThere(
    pairs,
    rest.filter((one) => !replaced.has(one)),
  );
  return { pairs, absent: rest.filter((one) => !unseen.has(one)), superseded: [...replaced] };
}

/** Messages that were alone, by the sizes that no other has now. */
function rowsOfOtherSizes(
  known: readonly KnownMessage[],
  byKey: ReadonlyMap<string, readonly KnownMessage[]>,
): ReadonlyMap<string, readonly KnownMessage[]> {
  const alone = known.filter(({ keyHash }) => keyHash === "");
  const sizes = alone.flatMap((one) => one.otherSizes.map((size) => [messageKey(one.uniqueId, size), [one]] as const));
  return new Map(sizes.filter(([key]) => !byKey.has(key)));
}

/** Of what came before, those that may be there among messages that only their octets tell: as many as nobody knows. */
function unseenThere(pairs: readonly Paired[], rest: readonly KnownMessage[]): ReadonlySet<KnownMessage> {
  const groups = new Map<string, { count: number; readonly rows: KnownMessage[] }>();
  for (const { entry, known, place } of pairs) {
    if (place === undefined || known !== undefined) continue;
    const key = messageKey(entry.uniqueId, entry.octets);
    const group = groups.get(key) ?? { count: 0, rows: [] };
    group.count += 1;
    groups.set(key, group);
  }
  for (const one of rest) groups.get(messageKey(one.uniqueId, one.octets))?.rows.push(one);
  return new Set([...groups.values()].flatMap(({ rows, count }) => stillThere(rows, count)));
}

/** It is none of several, and was none: one that was may be any of them, or one that never came. */
function isUnlike({ uniqueId, isDuplicate }: ListedMessage, candidates: readonly KnownMessage[]): boolean {
  return uniqueId !== NAMELESS && !isDuplicate && candidates.every(({ keyHash }) => keyHash === "");
}

/** Those of one unique-id, size and header: the first in the listing is the first that was seen of those that are there. */
class LookAlikes {
  readonly #counts = new Map<string, number>();
  readonly #there = new Map<string, KnownMessage[]>();

  constructor(listed: readonly ListedMessage[], headerHashes: ReadonlyMap<number, string>) {
    for (const { n, uniqueId, octets } of listed) {
      const key = messageKey(uniqueId, octets, headerHashes.get(n));
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }

  /** Asked once for each of the listing, in its order; `candidates` are those of the unique-id and size that are left. */
  next(key: string, candidates: readonly KnownMessage[], headerHash: string): KnownMessage | undefined {
    let there = this.#there.get(key);
    if (there === undefined) {
      const alike = candidates
        .filter(({ keyHash, headerHash: known }) => (keyHash === "" ? known : headerIn(keyHash)) === headerHash)
        .toSorted((one, other) => occurrenceIn(one.keyHash) - occurrenceIn(other.keyHash));
      // Where others of them are there, one more than those is another message, and none that was seen to be gone.
      const left = alike.filter(({ removedAt, inferred, missing }) => !removedAt || inferred !== undefined || !missing);
      there = [...stillThere(left.length > 0 ? left : alike, this.#counts.get(key) ?? 0)];
      this.#there.set(key, there);
    }
    return there.shift();
  }
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

/** Which each is of its like, so that what is kept of one is never taken for another: none is given twice. */
class Occurrences {
  /** Keys with the header, those of messages that were alone too. */
  readonly #taken = new Set<string>();
  readonly #known = new Set<string>();

  constructor(known: readonly KnownMessage[]) {
    for (const { uniqueId, octets, keyHash, headerHash = "" } of known) {
      this.#known.add(messageKey(uniqueId, octets));
      this.#taken.add(messageKey(uniqueId, octets, keyHash === "" ? headerHash : keyHash));
    }
  }

  of(
    { uniqueId, octets, isDuplicate }: ListedMessage,
    known: KnownMessage | undefined,
    headerHash: string | undefined,
  ): number | undefined {
    if (uniqueId === NAMELESS || (isDuplicate && headerHash === undefined)) return undefined;
    if (known !== undefined) return isPlace(known.keyHash) ? undefined : occurrenceIn(known.keyHash);
    if (headerHash === undefined) return this.#known.has(messageKey(uniqueId, octets)) ? undefined : 1;
    for (let occurrence = 1; ; occurrence += 1) {
      const key = messageKey(uniqueId, octets, duplicateKey(headerHash, occurrence));
      if (this.#taken.has(key)) continue;
      this.#taken.add(key);
      return occurrence;
    }
  }
}

/** What tells a duplicate from the others in the memory. */
export function duplicateKey(headerHash: string, occurrence: number): string {
  return occurrence > 1 ? `${headerHash}#${occurrence}` : headerHash;
}

/** The other way round. */
export function occurrenceIn(keyHash: string): number {
  return Number(keyHash.split("#")[1] ?? 1);
}

function headerIn(keyHash: string): string | undefined {
  return keyHash.split("#", 1)[0];
}
