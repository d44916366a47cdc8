// One message, one decision, with its reason in words. Pure: nothing here asks the time, the disk or a server.
import { renderDuration, renderOctets } from "../../config/index.ts";
import type { KnownMessage, ListedMessage } from "./known.ts";
import { isNamed } from "./message-name.ts";
import type { Paired } from "./pair.ts";
import { doomRule, type SourcePolicy } from "./policy.ts";
import type { Values } from "../said.ts";
import { because, REASONS } from "./reasons.ts";

export type Action =
  /** RETR, and deliver. */
  | "fetch"
  /** TOP n 0, and deliver that; the message stays. */
  | "headers"
  | "skip"
  /** DELE, once it is certain that this is the message that was collected. */
  | "delete";

export interface Decision {
  readonly n: number;
  readonly uniqueId: string;
  readonly octets: number;
  readonly known: KnownMessage | undefined;
  readonly isDuplicate: boolean;
  /** Of those whose header was asked for and could be had. */
  readonly headerHash: string | undefined;
  /** Which it is of those with its unique-id, size and header; undefined when only its octets can tell. */
  readonly occurrence: number | undefined;
  /** Of one that only its octets can tell: what its failures are counted under. */
  readonly place: string | undefined;
  readonly action: Action;
  readonly why: string;
  /** Of a fetch: why it is removed there right after it is safely here. */
  readonly thenDelete: string | undefined;
  /** Of a fetch: a filter wants it removed there, now or when it is old enough. */
  readonly isDoomed: boolean;
  /** Of a delete: decided by the run that collected it; only its confirmation was lost. */
  readonly isUnfinished?: boolean;
  /** An earlier rule was to remove it, unconfirmed, and the rule of today keeps it. */
  readonly isWithdrawn?: boolean;
  /** Of a fetch: the message is here, and comes once more because the policy wants all of them. */
  readonly isRepeated?: boolean;
  /** Of a fetch: a person named it, so it comes also when its owner removed it here. */
  readonly isAskedFor?: boolean;
}

/** What is left of a collected message here. */
export type CopyState =
  /** In every destination that can be asked. */
  | "there"
  /** Its owner removed it. */
  | "removed"
  /** It went by itself when its days here were over. */
  | "expired"
  /** A Maildir has it no more: moved or removed, nobody can tell. */
  | "missing"
  /** The store has never heard of it: it was restored from a backup, or is another one. */
  | "lost"
  /** A destination of today was never given it: it was configured later. */
  | "elsewhere";

/** Messages a person named, as `nameOf` does. */
export interface AskedFor {
  readonly fetch: ReadonlySet<string>;
  readonly remove: ReadonlySet<string>;
}

/** Removal alone was asked for, which needs no room here. */
export function removesAlone(asked: AskedFor | undefined): boolean {
  return asked !== undefined && asked.fetch.size === 0 && asked.remove.size > 0;
}

export interface FilterVerdict {
  readonly do: "skip" | "delete";
  readonly why: string;
}

export interface DecisionFacts {
  readonly policy: SourcePolicy;
  readonly now: number;
  /** By the id of the known message. */
  readonly copies: ReadonlyMap<number, CopyState>;
  /** By message-number. */
  readonly filtered: ReadonlyMap<number, FilterVerdict>;
  /** False: the listing was odd, so nothing is removed by it. */
  readonly mayDelete: boolean;
  /** Numbers of messages whose header the server does not give alone. */
  readonly headerless?: ReadonlySet<number>;
  readonly asked?: AskedFor | undefined;
}

interface KnownFacts extends DecisionFacts {
  /** A person asked for its removal. */
  readonly isAskedAway: boolean;
}

interface Verdict {
  readonly action: Action;
  readonly why: string;
  readonly thenDelete?: string | undefined;
  readonly isDoomed?: boolean;
  readonly isUnfinished?: boolean;
  readonly isWithdrawn?: boolean;
  readonly isRepeated?: boolean;
  readonly isAskedFor?: boolean;
}

export function decide(paired: Paired, facts: DecisionFacts): Decision {
  const { entry, known, headerHash, occurrence, place } = paired;
  const verdict =
    decideAsked(paired, facts) ??
    (known === undefined
      ? decideUnknown(paired, facts)
      : KNOWN[known.state](known, entry, { ...facts, isAskedAway: isAskedAway(paired, facts) }));
  const { n, uniqueId, octets, isDuplicate } = entry;
  const { action, why, thenDelete, isDoomed = false, isUnfinished, isWithdrawn, isRepeated, isAskedFor } = verdict;
  return {
    n,
    uniqueId,
    octets,
    known,
    isDuplicate,
    headerHash,
    occurrence,
    place,
    action,
    why,
    thenDelete,
    isDoomed,
    ...(isUnfinished === undefined ? {} : { isUnfinished }),
    ...(isWithdrawn === undefined ? {} : { isWithdrawn }),
    ...(isRepeated === undefined ? {} : { isRepeated }),
    ...(isAskedFor === undefined ? {} : { isAskedFor }),
  };
}

const KNOWN: Readonly<
  Record<KnownMessage["state"], (known: KnownMessage, entry: ListedMessage, facts: KnownFacts) => Verdict>
> = {
  new: (known, entry, facts) =>
    wanted(entry, facts, known.attempts === 0 ? REASONS["not-yet"] : because("failed-before", failureOf(known))),
  collected: decideCollected,
  "headers-only": decideHeaderOnly,
  filtered: (known, entry, facts) =>
    known.rule === facts.policy.filterRule
      ? skip(known.failure ?? REASONS["filter-stays"])
      : wanted(entry, facts, REASONS["filters-changed"]),
  quarantined: (known) => skip(because("quarantined", failureOf(known))),
  seen: () => skip(REASONS.seen),
};

/** A message that is not here whole is fetched when a person asks for it, whatever its size and the filters. */
function decideAsked(paired: Paired, { asked }: DecisionFacts): Verdict | undefined {
  if (asked === undefined || paired.known?.state === "collected") return undefined;
  if (!isNamed(asked.fetch, { ...paired.entry, ...paired })) return undefined;
  return { action: "fetch", why: REASONS["asked-for"], thenDelete: undefined, isAskedFor: true };
}

function decideHeaderOnly({ id }: KnownMessage, entry: ListedMessage, facts: DecisionFacts): Verdict {
  if (facts.copies.get(id) === "removed") return skip(REASONS["header-removed"]);
  return isTooLarge(entry, facts.policy)
    ? skip(because("header-only", { size: sizes(entry, facts.policy) }))
    : wanted(entry, facts, REASONS["fits-now"]);
}

function decideUnknown({ entry, isReused }: Paired, facts: DecisionFacts): Verdict {
  return wanted(entry, facts, REASONS[isReused ? "new-again" : "new"]);
}

function wanted(entry: ListedMessage, facts: DecisionFacts, why: string): Verdict {
  const { policy } = facts;
  const filter = facts.filtered.get(entry.n);
  if (filter?.do === "skip") return skip(filter.why);
  if (isTooLarge(entry, policy)) {
    const text = sizes(entry, policy);
    if (policy.oversize === "skip") return skip(text);
    return facts.headerless?.has(entry.n) === true
      ? skip(because("no-top", { size: text }))
      : { action: "headers", why: because("header-alone", { size: text }) };
  }
  return { action: "fetch", why, thenDelete: deleteAtOnce(policy, filter), isDoomed: filter?.do === "delete" };
}

function deleteAtOnce(policy: SourcePolicy, filter: FilterVerdict | undefined): string | undefined {
  if (policy.deleteMinAgeMs > 0) return undefined;
  if (filter?.do === "delete") return filter.why;
  return policy.keepMs === 0 ? REASONS["keep-nothing"] : undefined;
}

function decideCollected(known: KnownMessage, entry: ListedMessage, facts: KnownFacts): Verdict {
  const { policy, copies, filtered } = facts;
  const copy = copies.get(known.id) ?? "there";
  if (copy === "lost") return fetchAgain(entry, facts, REASONS.lost);
  const reason = facts.isAskedAway
    ? ordinary(REASONS["owner-asked"])
    : whyDelete(known, copy, facts, filtered.get(entry.n));
  const isRepeated = policy.only === "all";
  if (reason === undefined) {
    const verdict = isRepeated ? repeat(known, entry, facts) : skip(whyStay(known, copy, facts));
    return known.pending === undefined ? verdict : { ...verdict, isWithdrawn: true };
  }
  const held = whyHeld(copy, facts);
  // What is to be removed is not fetched once more: it is here, and soon it is nowhere else. A destination that never had
  // it is given it all the same.
  if (held !== undefined)
    return isRepeated && (copy === "elsewhere" || !reason.isUnfinished) ? repeat(known, entry, facts) : skip(held);
  return { action: "delete", why: reason.why, ...(reason.isUnfinished ? { isUnfinished: true } : {}) };
}

function isAskedAway(paired: Paired, { asked }: DecisionFacts): boolean {
  return asked !== undefined && isNamed(asked.remove, { ...paired.entry, ...paired });
}

function fetchAgain(entry: ListedMessage, facts: DecisionFacts, why: string): Verdict {
  return isTooLarge(entry, facts.policy)
    ? skip(sizes(entry, facts.policy))
    : { action: "fetch", why, thenDelete: undefined };
}

/** It counts as collected since it came first: the removal rules go on. */
function repeat(known: KnownMessage, entry: ListedMessage, facts: DecisionFacts): Verdict {
  const verdict = fetchAgain(entry, facts, REASONS["all-again"]);
  const isDoomed = doesFilterRemove(known, facts.policy, facts.filtered.get(entry.n));
  return verdict.action === "fetch" ? { ...verdict, isRepeated: true, isDoomed } : verdict;
}

interface DeleteReason {
  readonly why: string;
  readonly isUnfinished: boolean;
}

/** A removal nobody confirmed is finished while it is wanted: the policy may be another since, a person's own word is not. */
function whyDelete(
  known: KnownMessage,
  copy: CopyState,
  facts: DecisionFacts,
  filter: FilterVerdict | undefined,
): DeleteReason | undefined {
  const reason = whyPolicyDeletes(known, copy, facts, filter);
  const { pending } = known;
  if (pending === undefined || (reason === undefined && pending.why !== REASONS["owner-asked"])) return reason;
  return { why: because("unconfirmed", { why: pending.why }), isUnfinished: true };
}

function whyPolicyDeletes(
  known: KnownMessage,
  copy: CopyState,
  { policy, now }: DecisionFacts,
  filter: FilterVerdict | undefined,
): DeleteReason | undefined {
  const age = ageOf(known, now);
  if (age < policy.deleteMinAgeMs) return undefined;
  if (copy === "removed" && policy.deleteWhenDeletedLocally) return ordinary(REASONS["removed-here"]);
  if (doesFilterRemove(known, policy, filter)) return ordinary(REASONS["filter-removes"]);
  if (policy.keepMs === undefined || age < policy.keepMs) return undefined;
  const kept =
    policy.keepMs === 0
      ? REASONS["keep-nothing"]
      : because("old-enough", { age: span(age), keep: renderDuration(policy.keepMs) });
  return ordinary(kept);
}

/** What a filter said when the message came counts while the filters are the same; of others, what they say of it now. */
function doesFilterRemove({ rule }: KnownMessage, policy: SourcePolicy, filter: FilterVerdict | undefined): boolean {
  return rule === doomRule(policy) || filter?.do === "delete";
}

function ordinary(why: string): DeleteReason {
  return { why, isUnfinished: false };
}

/** A clock that went back makes nothing old. */
function ageOf(known: KnownMessage, now: number): number {
  return Math.max(0, now - (known.collectedAt ?? now));
}

function whyHeld(copy: CopyState, { mayDelete }: DecisionFacts): string | undefined {
  if (!mayDelete) return REASONS["odd-listing"];
  if (copy === "missing") return REASONS["copy-missing"];
  if (copy === "elsewhere") return REASONS["copy-elsewhere"];
  if (copy === "expired") return REASONS["copy-expired"];
  return undefined;
}

function whyStay(known: KnownMessage, copy: CopyState, { policy, now }: DecisionFacts): string {
  if (known.pending !== undefined) return because("withdrawn", { why: known.pending.why });
  // Where the policy would remove it, that is what keeps it.
  if (copy === "expired" && (policy.keepMs !== undefined || policy.deleteWhenDeletedLocally))
    return REASONS["copy-expired"];
  if (copy === "elsewhere" && policy.keepMs !== undefined) return REASONS["copy-elsewhere"];
  const isRemoved = copy === "removed";
  const untilMs = isRemoved && policy.deleteWhenDeletedLocally ? 0 : policy.keepMs;
  if (untilMs === undefined) return REASONS[isRemoved ? "removed-stays" : "stays"];
  const left = Math.max(untilMs, policy.deleteMinAgeMs) - ageOf(known, now);
  return because(isRemoved ? "removed-stays-longer" : "stays-longer", { left: spanLeft(Math.max(left, 0)) });
}

function isTooLarge({ octets }: ListedMessage, { octetsMax }: SourcePolicy): boolean {
  return octetsMax !== undefined && octets > octetsMax;
}

function sizes({ octets }: ListedMessage, { octetsMax }: SourcePolicy): string {
  return because("too-large", { octets, max: renderOctets(octetsMax ?? 0) });
}

function skip(why: string): Verdict {
  return { action: "skip", why };
}

function failureOf({ attempts, failure = "no reason" }: KnownMessage): Values {
  return { times: times(attempts), failure };
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

const UNITS = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
] as const;

/** A whole number of the largest fitting unit, of time that is over. */
function span(ms: number): string {
  return inUnits(ms, Math.floor);
}

/** Of time that is to come, the nearest number: seconds after the beginning of fourteen days these are not thirteen. */
function spanLeft(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return inUnits(minutes * 60_000, Math.round);
}

function inUnits(ms: number, whole: (count: number) => number): string {
  for (const [size, unit] of UNITS) {
    if (ms < size) continue;
    const count = whole(ms / size);
    return `${count} ${unit}${count === 1 ? "" : "s"}`;
  }
  return "less than a minute";
}
