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

export function queueOf(decisions: readonly Decision[], policy: SourcePolicy, done: number): FetchQueue {
  const wanted = decisions.filter(({ action }) => action === "fetch" || action === "headers");
  const ordered = policy.order === "oldest" ? wanted : wanted.toReversed();
  const hasFailed = ({ known, uniqueId }: Decision): boolean => (known?.attempts ?? 0) > 0 || uniqueId === NAMELESS;
  const sorted = [...ordered.filter((one) => !hasFailed(one)), ...ordered.filter(hasFailed)];
  const room = Math.max(0, (policy.messagesMax ?? Infinity) - done);
  const now = sorted.slice(0, room);
  return {
    fresh: now.filter((one) => one.action === "fetch" && !hasFailed(one)),
    failing: now.filter((one) => one.action === "fetch" && hasFailed(one)),
    headers: now.filter(({ action }) => action === "headers"),
    left: sorted.slice(room),
  };
}
