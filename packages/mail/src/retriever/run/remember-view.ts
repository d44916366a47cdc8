// What a look at a maildrop teaches, written down.
import type { SourceConfig } from "../../config/index.ts";
import type { Decision } from "../decide/decide.ts";
import { policyOf } from "../decide/policy.ts";
import type { FetchState } from "../state/fetch-state.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import { endpointOf } from "../endpoint.ts";
import type { View } from "./look.ts";
import { lookOf, refOf, refOfFailed } from "./message-ref.ts";
import { removesOnRetr } from "./removes-on-retr.ts";
import type { Reporter } from "./reporter.ts";
import type { RunClock } from "./run-clock.ts";
import { warning } from "./warnings.ts";

export interface Remembering {
  readonly source: SourceConfig;
  readonly state: FetchState;
  readonly facts: SourceFacts;
  readonly reporter: Reporter;
  readonly clock: RunClock;
  /** Of this run: the listing as such counts once, however many sessions there are. */
  readonly isFirst: boolean;
  /** Somebody said that what is there again is to be taken as it is. */
  readonly isRestoredAllowed: boolean;
}

/** Answers the view with the rows it made. */
export function rememberView(view: View, o: Remembering): View {
  const { source, state, reporter, isFirst } = o;
  state.supersede(view.pairing.superseded.map(({ id }) => id));
  if (view.migration !== undefined) {
    state.adopt(source.name, view.migration.adoptions);
    reporter.warn(warning("renumbered", { ...view.migration.counts }));
  }
  reporter.unlisted(view.listing.unmatched.length);
  if (view.hasLostCopies) state.noteRestored();
  if (o.isRestoredAllowed) state.thereAgain(view.reappeared);
  if (view.listing.hasUniqueIds && view.listed.length > 0) state.learn(source.name, { hadUniqueIds: true });
  const seen = { ...view, decisions: rememberLookAlikes(view, o) };
  rememberPlaces(view, o);
  rememberFiltered(view, o);
  if (isFirst) rememberListing(view, o);
  // After the listing, which may have made a removal unconfirmed again.
  state.withdraw(view.decisions.flatMap(({ isWithdrawn, known }) => (isWithdrawn && known ? [known.id] : [])));
  return seen;
}

function rememberListing(view: View, { source, state, facts, reporter, clock }: Remembering) {
  const { listing, listed, pairing, migration } = view;
  state.learn(source.name, { endpoint: endpointOf(source) });
  if (!listing.isComplete && listing.duplicateUniqueIds.length === 0 && listing.hasUniqueIds) return;
  const { pairs, absent } = pairing;
  const removes = removesOnRetr(view, facts);
  if (removes !== undefined) state.learn(source.name, { removesOnRetr: removes });
  const gone = state.noteListing({
    source: source.name,
    listed: listed.length,
    absent,
    present: pairs.flatMap(({ known }) => known ?? []),
    at: clock.timeToWrite,
    isRenumbered: migration !== undefined,
    // An age that a doubted clock makes is no reason to forget.
    mayForget: clock.doubt === undefined,
  });
  reporter.removed(gone.length);
}

/** Before any of them is removed: how many there were tells later which are left, whatever became of an answer to QUIT. */
function rememberLookAlikes({ decisions }: View, { source, state, clock }: Remembering): readonly Decision[] {
  const looks = decisions.map(lookOf);
  const counts = new Map<string, number>();
  for (const look of looks) if (look !== undefined) counts.set(look, (counts.get(look) ?? 0) + 1);
  const isNew = ({ known }: Decision, at: number): boolean =>
    known === undefined && (counts.get(looks[at] ?? "") ?? 0) > 1;
  const refs = decisions.filter(isNew).map((one) => refOf(one, one.headerHash ?? ""));
  if (refs.length === 0) return decisions;
  const rows = state.sighted(source.name, refs, clock.timeToWrite);
  return decisions.map((one, at) => (isNew(one, at) ? { ...one, known: rows.shift() } : one));
}

/** Of those that did not come: others have gone or come since, and their places are counted from now on. */
function rememberPlaces({ decisions }: View, { source, state, clock }: Remembering): void {
  const moved = decisions.filter(({ known, place }) => known && place !== undefined && known.keyHash !== place);
  const refs = moved.map((one) => refOfFailed(one, ""));
  if (refs.length > 0) state.sighted(source.name, refs, clock.timeToWrite);
}

function rememberFiltered({ decisions, headers }: View, { source, state, clock }: Remembering): void {
  const rule = policyOf(source).filterRule;
  const rows = decisions.filter(
    ({ action, why, known }) => action === "skip" && why.startsWith("filter:") && known?.state !== "filtered",
  );
  state.filtered(
    source.name,
    rows.map((row) => ({
      message: refOf(row, row.headerHash ?? ""),
      headerHash: headers.hashes.get(row.n),
      rule,
      why: row.why,
    })),
    clock.timeToWrite,
  );
}
