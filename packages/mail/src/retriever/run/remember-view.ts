// What a look at a maildrop teaches, written down.
import type { SourceConfig } from "../../config/index.ts";
import { policyOf } from "../decide/policy.ts";
import type { FetchState } from "../state/fetch-state.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import { endpointOf } from "../endpoint.ts";
import type { View } from "./look.ts";
import { refOf } from "./message-ref.ts";
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

export function rememberView(view: View, o: Remembering): void {
  const { source, state, reporter, isFirst } = o;
  state.supersede(view.pairing.superseded.map(({ id }) => id));
  if (view.migration !== undefined) {
    state.adopt(source.name, view.migration.adoptions);
    reporter.warn(warning("renumbered", { ...view.migration.counts }));
  }
  if (view.hasLostCopies) state.noteRestored();
  if (o.isRestoredAllowed) state.thereAgain(view.reappeared);
  if (view.listing.hasUniqueIds && view.listed.length > 0) state.learn(source.name, { hadUniqueIds: true });
  rememberFiltered(view, o);
  if (isFirst) rememberListing(view, o);
  // After the listing, which may have made a removal unconfirmed again.
  state.withdraw(view.decisions.flatMap(({ isWithdrawn, known }) => (isWithdrawn && known ? [known.id] : [])));
}

function rememberListing({ listing, listed, pairing }: View, { source, state, facts, reporter, clock }: Remembering) {
  state.learn(source.name, { endpoint: endpointOf(source) });
  if (!listing.isComplete && listing.duplicateUniqueIds.length === 0 && listing.hasUniqueIds) return;
  const { pairs, absent } = pairing;
  const removes = removesOnRetr(pairing, facts);
  if (removes !== undefined) state.learn(source.name, { removesOnRetr: removes });
  const gone = state.noteListing({
    source: source.name,
    listed: listed.length,
    absent,
    present: pairs.flatMap(({ known }) => known ?? []),
    at: clock.timeToWrite,
    // An age that a doubted clock makes is no reason to forget.
    mayForget: clock.doubt === undefined,
  });
  reporter.removed(gone.length);
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
