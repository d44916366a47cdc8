// What a run fetches and in which order: news first, what failed before last, no more than it may.
import type { Decision } from "../decide/decide.ts";
import { NAMELESS } from "../decide/known.ts";
import type { SourcePolicy } from "../decide/policy.ts";

export interface FetchQueue {
  /** Fetched in one go, in the order of the policy. */
  readonly fresh: readonly Decision[];
  /** Failed before, or fetched at every run because nothing names them: one by one, when nobody waits behind them. */
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
  /** It was tried in this run, and did not come. */
  readonly hasFailedNow?: (decision: Decision) => boolean;
}

export function queueOf(
  decisions: readonly Decision[],
  { policy, done, hasFailedNow = () => false }: QueueFacts,
): FetchQueue {
  const wanted = decisions.filter(({ action }) => action === "fetch" || action === "headers");
  const ordered = policy.order === "oldest" ? wanted : wanted.toReversed();
  // Also where it was not its own fault.
  const hasFailed = ({ known, uniqueId }: Decision): boolean =>
    (known?.failure !== undefined && known.state !== "filtered") || uniqueId === NAMELESS;
  const failed = ordered.filter(hasFailed);
  const sorted = [
    ...ordered.filter((one) => !hasFailed(one)),
    ...failed.filter((one) => !hasFailedNow(one)),
    ...failed.filter((one) => hasFailedNow(one)),
  ];
  const room = Math.max(0, (policy.messagesMax ?? Infinity) - done);
  const now = sorted.slice(0, room);
  return {
    fresh: now.filter((one) => one.action === "fetch" && !hasFailed(one)),
    failing: now.filter((one) => one.action === "fetch" && hasFailed(one)),
    headers: now.filter(({ action }) => action === "headers"),
    left: sorted.slice(room),
  };
}
