// What a run fetches and in which order: news first, what failed before last, no more than it may.
import type { Decision } from "../decide/decide.ts";
import { isDoubted } from "../decide/known.ts";
import type { SourcePolicy } from "../decide/policy.ts";
import { groupOf, isToldByOctets } from "./together.ts";

export interface FetchQueue {
  /** Fetched in one go, in the order of the policy. */
  readonly fresh: readonly Decision[];
  /** Failed before, in doubt, or fetched at every run because only their octets tell them apart: one by one, when nobody waits behind them. */
  readonly failing: readonly Decision[];
  /** Their headers alone. */
  readonly headers: readonly Decision[];
  /** Left for the next run. */
  readonly left: readonly Decision[];
}

export interface QueueFacts {
  readonly policy: SourcePolicy;
  /** Messages this run fetched already. */
  readonly done: number;
  /** How often it was tried in this run, and did not come. */
  readonly failedNow?: (decision: Decision) => number;
}

export function queueOf(decisions: readonly Decision[], { policy, done, failedNow = () => 0 }: QueueFacts): FetchQueue {
  const wanted = decisions.filter(({ action }) => action === "fetch" || action === "headers");
  const ordered = policy.order === "oldest" ? wanted : wanted.toReversed();
  const lateness = (one: Decision): number => (hasFailed(one) ? 2 : isToldByOctets(one) || isInDoubt(one) ? 1 : 0);
  // Of those that failed, each has its turn: a run tries only some of the messages that end its connections.
  const lostRuns = ({ known }: Decision): number => known?.lostRuns ?? 0;
  const sorted = ordered.toSorted(
    (one, other) =>
      lateness(one) - lateness(other) ||
      backwards(one, other) ||
      failedNow(one) - failedNow(other) ||
      lostRuns(one) - lostRuns(other),
  );
  const room = Math.max(0, (policy.messagesMax ?? Infinity) - done);
  const first = sorted.slice(0, room);
  // Those that are removed together come together, or they would never be all here.
  const begun = new Set(first.filter(isToldByOctets).map(groupOf));
  const isBegun = (one: Decision): boolean => isToldByOctets(one) && begun.has(groupOf(one));
  const left = sorted.slice(room).filter((one) => !isBegun(one));
  const now = [...first, ...sorted.slice(room).filter(isBegun)];
  return {
    fresh: now.filter((one) => one.action === "fetch" && lateness(one) === 0),
    failing: now.filter((one) => one.action === "fetch" && lateness(one) > 0),
    headers: now.filter(({ action }) => action === "headers"),
    left,
  };
}

/** What failed before may end the session. Those that are removed together with others are not parted from them. */
export function withoutFailed(queue: FetchQueue): FetchQueue {
  return { ...queue, failing: queue.failing.filter((one) => !hasFailed(one) || isToldByOctets(one)) };
}

/** What came as it may be the message behind it, which is asked for first, so that its octets are known to be here. */
function isInDoubt({ known }: Decision): boolean {
  return known !== undefined && isDoubted(known);
}

function backwards(one: Decision, other: Decision): number {
  return isInDoubt(one) && isInDoubt(other) ? other.n - one.n : 0;
}

/** Also where it was not its own fault. */
export function hasFailed({ known }: Decision): boolean {
  return known?.failure !== undefined && known.state !== "filtered";
}
