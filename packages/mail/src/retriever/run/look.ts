// Looks at a maildrop and decides about every message of it. Changes nothing there, and nothing here unless told so.
import type { Listing } from "@restante/pop/client";
import type { SourceConfig } from "../../config/index.ts";
import { decide, type AskedFor, type CopyState, type Decision, type FilterVerdict } from "../decide/decide.ts";
import { madeUniqueId, messageKey, NAMELESS, type KnownMessage, type ListedMessage } from "../decide/known.ts";
import {
  adoptedKeyHash,
  countMigration,
  findMigration,
  findNamed,
  isConfirmed,
  matchMigration,
  suspectMigration,
  type Adoption,
  type MigrationCounts,
} from "../decide/migration.ts";
import { countingRemoved } from "../decide/occurrences.ts";
import { needingHeaders, pair, type Paired, type Pairing } from "../decide/pair.ts";
import { isDoomedByOthers, policyOf, type SourcePolicy } from "../decide/policy.ts";
import type { Destination } from "../destinations/contract.ts";
import { REASONS } from "../decide/reasons.ts";
import { FetchError } from "../fetch-error.ts";
import type { RemoteMaildrop } from "../remote/maildrop.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import type { Filters } from "./filters.ts";
import { copyStates } from "./copy-states.ts";
import { Headers } from "./headers.ts";
import { takesWhatIsRetrieved } from "./removes-on-retr.ts";
import { eachOf, inTurns } from "./turns.ts";
import { warning, type Warning } from "./warnings.ts";

export interface LookOptions {
  readonly source: SourceConfig;
  readonly maildrop: RemoteMaildrop;
  readonly facts: SourceFacts;
  readonly known: readonly KnownMessage[];
  /** Of a run that had a session before: rows of what it collected, and how many messages it left there. */
  readonly before?: { readonly collected: ReadonlySet<number>; readonly left: number };
  readonly destinations: readonly Destination[];
  readonly filters: Filters | undefined;
  readonly now: number;
  readonly asked?: AskedFor | undefined;
  /** It is a run, which keeps what it retrieves. */
  readonly isRun?: boolean;
  readonly onPhase?: (phase: "list" | "top") => void;
  /** Keys of messages this run lost a connection at while their header was asked for: it is not asked for again. */
  readonly lostHeaders?: ReadonlySet<string>;
  readonly onHeaderLost?: (key: string) => void;
}

export interface View {
  readonly listing: Listing;
  readonly listed: readonly ListedMessage[];
  /** Rows of what this run removed for certain. */
  readonly goneNow: ReadonlySet<number>;
  /** After adoptions. */
  readonly pairing: Pairing;
  readonly decisions: readonly Decision[];
  /** Of collected messages in the listing, by their rows. */
  readonly copies: ReadonlyMap<number, CopyState>;
  readonly headers: Headers;
  readonly migration: { readonly adoptions: readonly Adoption[]; readonly counts: MigrationCounts } | undefined;
  /** Some of the unknown ones may be known under new unique-ids, and only their octets can tell: their header cannot be had. */
  readonly isInDoubt: boolean;
  /** The store has not heard of messages that are known to be in it. */
  readonly hasLostCopies: boolean;
  /** Rows of what was removed there for certain once, and is there again: the server was restored. */
  readonly reappeared: readonly number[];
  readonly warnings: readonly Warning[];
}

/** Throws Pop3Error, FetchError. */
export async function look(o: LookOptions): Promise<View> {
  o.onPhase?.("list");
  const listing = await namedListing(o);
  if (!listing.hasUniqueIds && o.facts.hadUniqueIds)
    throw new FetchError(
      "odd-listing",
      `${o.source.name}: the server gave unique-ids before and gives none now; nothing was done, so that nothing is collected twice`,
    );
  if (listing.entries.length === 0 && !listing.isComplete) throw noEmptiness(o.source.name, listing.unmatched.length);
  const headers = new Headers({
    maildrop: o.maildrop,
    filters: o.filters,
    mayRetrieve: o.isRun === true && !takesWhatIsRetrieved(o.facts, o.maildrop.capabilities),
    onAsk: () => o.onPhase?.("top"),
    lost: o.lostHeaders,
    onLost: o.onHeaderLost,
  });
  const listed = await nameMessages(listing, headers, o.known);
  const needing = needingHeaders(listed, o.known);
  await headers.ask(needing);
  const untold = listed.filter((one) => headers.isLost(one) && (one.uniqueId === NAMELESS || needing.includes(one)));
  const told = listed.filter((one) => !untold.includes(one));
  const goneNow = removedNow(o, listed.length);
  const pairTold = async (known: readonly KnownMessage[]): Promise<Pairing> =>
    withoutUntold(await inTurns(pair(told, known, headers.hashes, goneNow)), untold);
  const first = await pairTold(o.known);
  const { migration, isInDoubt } = await findAdoptions(first, headers, o);
  const pairing =
    migration === undefined || migration.adoptions.length === 0
      ? first
      : await pairTold(adopted(o.known, migration.adoptions));
  const found = { ...pairing, pairs: pairing.pairs.map(asUnconfirmed) };
  const copies = await copyStates(
    found.pairs.flatMap(({ known }) => known ?? []),
    o.destinations,
  );
  const filtered = await filter(found, headers, o);
  const mayDelete = isTrustworthy(listing);
  const policy = policyOf(o.source);
  const facts = { policy, now: o.now, copies, filtered, mayDelete, asked: o.asked };
  const hoped = await inTurns(eachOf(found.pairs, (paired) => decide(paired, facts)));
  const alone = hoped.filter(({ action }) => action === "headers");
  const headerless = await refusedAlone(alone, headers, o);
  const asTold = (paired: Paired): Decision => decide(paired, { ...facts, headerless });
  const decided = headerless.size === 0 ? hoped : await inTurns(eachOf(found.pairs, asTold));
  const decisions = [...decided, ...untold.map(leftUntold)].toSorted((one, other) => one.n - other.n);
  return {
    listing,
    listed,
    goneNow,
    pairing,
    decisions,
    copies,
    headers,
    migration,
    isInDoubt,
    hasLostCopies: [...copies.values()].includes("lost"),
    reappeared: found.pairs.flatMap(({ known }) => (known?.removedAt === undefined ? [] : [known.id])),
    warnings: warningsOf(listing, pairing),
  };
}

/** None where more is there than was left: then it is the server that does not remove, and nothing is a twin. */
function removedNow({ known, before }: LookOptions, listed: number): ReadonlySet<number> {
  if (before === undefined || listed > before.left) return new Set();
  const rows = known.filter(
    ({ id, removedAt, inferred }) => before.collected.has(id) && removedAt !== undefined && inferred === undefined,
  );
  return new Set(rows.map(({ id }) => id));
}

/** A removal that an absence told and this listing refutes is as unconfirmed as before. */
function asUnconfirmed(paired: Paired): Paired {
  const { known } = paired;
  if (known?.inferred === undefined || known.removedAt === undefined) return paired;
  const pending = { at: known.removedAt, why: known.inferred };
  return { ...paired, known: { ...known, pending, removedAt: undefined, inferred: undefined } };
}

/** POP2 and POP1 have no unique-ids: their messages are named by their octets, and counted on from those that are gone. */
async function namedListing({ maildrop, source, known }: LookOptions): Promise<Listing> {
  const listing = await maildrop.list();
  if (source.protocol === "pop3") return listing;
  return { ...listing, entries: countingRemoved(listing.entries, known) };
}

/** A list that cannot be read, or that another one contradicts, is no empty maildrop. */
function noEmptiness(source: string, count: number): FetchError {
  const found = count === 0 ? "is not readable" : `names none of the ${count} messages that have a unique-id (UIDL)`;
  const text = `${source}: the server's list of messages (LIST) ${found}; nothing was done, the next run asks again`;
  return new FetchError("odd-listing", text);
}

/** Duplicates and messages without unique-id are handled; anything else that is odd means that lines may be missing. */
function isTrustworthy(listing: Listing): boolean {
  const { isComplete, entries, unmatched, hasUniqueIds, duplicateUniqueIds } = listing;
  if (isComplete || !hasUniqueIds) return unmatched.length === 0;
  const isMissing = entries.some(({ uniqueId }) => uniqueId === null);
  return unmatched.length === 0 && !isMissing && duplicateUniqueIds.length > 0;
}

/**
 * Messages without a unique-id are named by their header; where two are alike, both are duplicates. Where others have
 * one, the line may just be missing: a known message of the same size and header is that message.
 */
async function nameMessages(
  { entries, hasUniqueIds }: Listing,
  headers: Headers,
  known: readonly KnownMessage[],
): Promise<readonly ListedMessage[]> {
  const isNameless = ({ uniqueId }: Listing["entries"][number]): boolean => uniqueId === null;
  await headers.ask(entries.filter(isNameless).map((entry) => ({ ...entry, uniqueId: NAMELESS, isDuplicate: false })));
  const { hashes } = headers;
  const names = new Set(entries.map(({ uniqueId }) => uniqueId));
  const nameless = new Map<string, string>();
  if (hasUniqueIds && names.has(null))
    for (const { uniqueId, octets, headerHash } of known)
      if (!names.has(uniqueId) && headerHash !== undefined) nameless.set(`${octets} ${headerHash}`, uniqueId);
  const named = entries.map(({ n, uniqueId, octets }) => {
    if (uniqueId !== null) return { n, octets, uniqueId };
    const hash = hashes.get(n);
    if (hash === undefined) return { n, octets, uniqueId: NAMELESS };
    return { n, octets, uniqueId: nameless.get(`${octets} ${hash}`) ?? madeUniqueId(hash) };
  });
  const counts = new Map<string, number>();
  for (const { uniqueId } of named) counts.set(uniqueId, (counts.get(uniqueId) ?? 0) + 1);
  return named.map((message) => ({
    ...message,
    isDuplicate: message.uniqueId !== NAMELESS && (counts.get(message.uniqueId) ?? 0) > 1,
  }));
}

/** Known messages that may be among those nobody can tell now are not absent. */
function withoutUntold(pairing: Pairing, untold: readonly ListedMessage[]): Pairing {
  if (untold.length === 0) return pairing;
  const mayBe = (known: KnownMessage): boolean =>
    untold.some(
      ({ uniqueId, octets }) =>
        (octets === known.octets || known.otherSizes.includes(octets)) &&
        (uniqueId === NAMELESS || uniqueId === known.uniqueId),
    );
  return { ...pairing, absent: pairing.absent.filter((known) => !mayBe(known)) };
}

/** Who it is only its header says, and that was lost. */
function leftUntold(entry: ListedMessage): Decision {
  return {
    ...entry,
    known: undefined,
    headerHash: undefined,
    occurrence: undefined,
    place: undefined,
    action: "skip",
    why: REASONS["header-lost"],
    thenDelete: undefined,
    isDoomed: false,
  };
}

/** Behind so many lost connections no more headers are asked for of messages that their octets tell as well. */
const LOST_MAX = 2;

async function findAdoptions(
  pairing: Pairing,
  headers: Headers,
  { source, lostHeaders }: LookOptions,
): Promise<Pick<View, "isInDoubt" | "migration">> {
  const certain = findMigration(pairing) ?? findNamed(pairing);
  // Before POP3 messages are named by their octets, which no server gives anew.
  const suspicion = certain === undefined && source.protocol === "pop3" ? suspectMigration(pairing) : undefined;
  const found = certain ?? suspicion;
  if (found === undefined) return { migration: undefined, isInDoubt: false };
  const isEnough = (lostHeaders?.size ?? 0) >= LOST_MAX;
  if (!isEnough) await headers.ask(found.unknown);
  const { hashes, distinct } = headers;
  const isInDoubt = found.unknown.some(({ n }) => !hashes.has(n));
  const adoptions = matchMigration(found, hashes, distinct);
  const isMigration = suspicion === undefined || isConfirmed(suspicion, adoptions, hashes);
  return { migration: isMigration ? { adoptions, counts: countMigration(found, adoptions) } : undefined, isInDoubt };
}

/** As it will be written down, one after another. */
function adopted(known: readonly KnownMessage[], adoptions: readonly Adoption[]): readonly KnownMessage[] {
  const taken = new Set(known.map(({ uniqueId, octets, keyHash }) => messageKey(uniqueId, octets, keyHash)));
  const changed = new Map<number, KnownMessage>();
  for (const adoption of adoptions) {
    const { uniqueId, octets } = adoption.entry;
    const keyHash = adoptedKeyHash(adoption, (one) => !taken.has(messageKey(uniqueId, octets, one)));
    taken.add(messageKey(uniqueId, octets, keyHash));
    changed.set(adoption.known.id, { ...adoption.known, uniqueId, octets, otherSizes: [], keyHash, missing: 0 });
  }
  return known.map((message) => changed.get(message.id) ?? message);
}

/**
 * Those whose header the server does not give without the rest. Where it gives the first it is trusted with the others: TOP
 * is optional (RFC 1939 §7), and one that has it has it for all.
 */
async function refusedAlone(
  decisions: readonly Decision[],
  headers: Headers,
  { maildrop, source }: LookOptions,
): Promise<ReadonlySet<number>> {
  // Before POP3 there is no TOP, and every message is read whole to be named.
  if (decisions.length === 0 || source.protocol !== "pop3") return new Set();
  const numbers = decisions.map(({ n }) => n);
  const { capabilities } = maildrop;
  if (!capabilities.top && capabilities.size > 0) return new Set(numbers);
  // One that a connection was lost at is asked for when it is collected, and fails there.
  const first = decisions.find((one) => !headers.isLost(one) && one.known?.failure === undefined);
  if (first === undefined) return new Set();
  if (headers.hashes.has(first.n) && capabilities.top) return new Set();
  if (await headers.tryOne(first)) return new Set();
  if (!capabilities.top) return new Set(numbers);
  await headers.ask(decisions);
  return new Set(numbers.filter((n) => !headers.hashes.has(n)));
}

/** Headers are asked for only of messages that would be fetched, or that other filters wanted removed. */
async function filter(
  { pairs }: Pairing,
  headers: Headers,
  { source, filters }: LookOptions,
): Promise<ReadonlyMap<number, FilterVerdict>> {
  const verdicts = new Map<number, FilterVerdict>();
  if (filters === undefined) return verdicts;
  const policy = policyOf(source);
  const candidates = pairs.filter((paired) => isForFilters(paired, policy)).map(({ entry }) => entry);
  await headers.ask(candidates);
  for (const one of candidates) {
    const verdict = headers.isLost(one)
      ? ({ do: "skip", why: REASONS["header-lost"] } as const)
      : headers.verdictOn(one.n);
    if (verdict !== undefined) verdicts.set(one.n, verdict);
  }
  return verdicts;
}

function isForFilters({ known }: Paired, policy: SourcePolicy): boolean {
  if (known === undefined || known.state === "new" || known.state === "headers-only") return true;
  if (known.state === "collected") return isDoomedByOthers(known.rule, policy);
  return known.state === "filtered" && known.rule !== policy.filterRule;
}

function warningsOf(listing: Listing, { pairs }: Pairing): readonly Warning[] {
  const warnings: Warning[] = [];
  const { duplicateUniqueIds, unmatched, hasUniqueIds, entries } = listing;
  if (duplicateUniqueIds.length > 0) warnings.push(warning("shared-unique-ids", { count: duplicateUniqueIds.length }));
  if (unmatched.length > 0) warnings.push(warning("listings-disagree", { count: unmatched.length }));
  if (!hasUniqueIds && entries.length > 0) warnings.push(warning("no-unique-ids"));
  const reused = pairs.filter(({ isReused }) => isReused).length;
  if (reused > 0) warnings.push(warning("unique-ids-again", { count: reused }));
  const long = listing.entries.filter(
    ({ uniqueId }) => uniqueId !== null && (uniqueId.length > 70 || /[^\x21-\x7e]/.test(uniqueId)),
  ).length;
  if (long > 0) warnings.push(warning("odd-unique-ids", { count: long }));
  return warnings;
}
