// What of a look is fetched in this session, and what waits for another.
import { Pop3Error } from "@restante/pop/client";
import { removesAlone } from "../decide/decide.ts";
import type { KnownMessage } from "../decide/known.ts";
import { doomRule, policyOf } from "../decide/policy.ts";
import { REASONS } from "../decide/reasons.ts";
import type { Destination } from "../destinations/contract.ts";
import type { RemoteMaildrop } from "../remote/maildrop.ts";
import { Collector } from "./collect.ts";
import { copiesOnDisk } from "./free-space.ts";
import type { Journal } from "./journal.ts";
import type { LostReplies } from "./lost-replies.ts";
import { mayLoginAgain } from "./login-delay.ts";
import type { View } from "./look.ts";
import { queueOf, withoutFailed, type FetchQueue } from "./queue.ts";
import { takesWhatIsRetrieved } from "./removes-on-retr.ts";
import type { SessionParts } from "./session-parts.ts";
import type { Together } from "./together.ts";

export interface Fetching extends Omit<SessionParts, "destinations"> {
  readonly maildrop: RemoteMaildrop;
  readonly destinations: readonly Destination[];
  readonly view: View;
  readonly journal: Journal;
  readonly together: Together;
  readonly lostReplies: LostReplies;
  /** So many that are to be removed end the session. */
  readonly marksMax: number;
}

/** `all`: nothing more is to be fetched by this run. `held-back`: what failed before is, once the rest is removed. */
export type Fetched = "all" | "held-back" | "more";

export async function fetchWanted(o: Fetching): Promise<Fetched> {
  const { source, house, reporter, view, failures, migrating, progress } = o;
  // A full disk is no reason to keep a removal from somebody; the mail waits for another run.
  if (removesAlone(house.asked) && house.space?.shortage() !== undefined) return "all";
  const queue = queueOf(
    view.decisions.filter(({ known }) => !failures.isLeft(known?.id)),
    { policy: policyOf(source), done: progress.written, failedNow: ({ known }) => failures.timesOf(known?.id) },
  );
  const all = [...queue.fresh, ...queue.headers, ...queue.failing];
  reporter.stayedToo(REASONS["next-run"], queue.left.length);
  if (all.length === 0) {
    // A listing without a message is no word about any.
    if (queue.left.length === 0 && view.listed.length > 0) migrating.end();
    return "all";
  }
  const now = mayTryFailed(queue, o) ? queue : withoutFailed(queue);
  const isHeldBack = now.failing.length < queue.failing.length;
  reporter.expect(all);
  reporter.phase("retr");
  const collector = collectorOf(o, await o.migrating.missing(view));
  try {
    if (!(await collector.collect(now))) return "more";
    if (isHeldBack) return "held-back";
    if (queue.left.length === 0 && !collector.hasFailed) {
      migrating.end();
      o.lostReplies.allCame();
    }
    return "all";
  } catch (error) {
    if (Pop3Error.is(error) || o.cut.aborted) throw error;
    // A destination that takes nothing: what it took before is still to be made final.
    reporter.fail(error);
    reporter.leaveRest(REASONS["destination-trouble"]);
    return "all";
  } finally {
    progress.note(o.journal);
  }
}

function collectorOf(o: Fetching, migrated: ReadonlyMap<string, KnownMessage[]>): Collector {
  const { source, house, view, clock } = o;
  const policy = policyOf(source);
  const copies = copiesOnDisk(house.dataDir, source.destinations);
  return new Collector({
    source: source.name,
    state: house.state,
    maildrop: o.maildrop,
    listing: view.listing,
    destinations: o.destinations,
    reporter: o.reporter,
    failures: o.failures,
    badMessageAfter: source.badMessageAfter,
    order: policy.order,
    readsAhead: !takesWhatIsRetrieved(o.facts(), o.maildrop.capabilities),
    octetsMax: policy.octetsMax,
    doomRule: doomRule(policy),
    origin: `${source.user} at ${source.host}`,
    migrated,
    isStopped: () => house.signal.aborted,
    shortage: () => house.space?.shortage(),
    hasRoomFor: (octets) => house.space?.hasRoomFor(octets * copies) ?? true,
    journal: o.journal,
    together: o.together,
    lostReplies: o.lostReplies,
    headers: view.headers,
    goneNow: view.goneNow,
    marksMax: o.marksMax,
    timeToWrite: () => clock.timeToWrite,
    sawServerDate: (ms) => clock.sawServerDate(ms),
  });
}

/**
 * In a session that may end with it. What is to be removed otherwise goes first, in a session of its own, where another
 * login is allowed; POP1 removes only all or nothing.
 */
function mayTryFailed(queue: FetchQueue, { source, facts, progress, view }: Fetching): boolean {
  if (progress.hasRemoved || !mayLoginAgain(facts()) || source.protocol === "pop1") return true;
  const { fresh, failing } = withoutFailed(queue);
  return (
    !view.decisions.some(({ action }) => action === "delete") &&
    ![...fresh, ...failing].some(({ thenDelete }) => thenDelete !== undefined)
  );
}
