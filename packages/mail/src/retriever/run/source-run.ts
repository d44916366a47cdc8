// What a run does once it has the source to itself: opens where mail goes, has its sessions, and writes down what the next
// run has to know of this one.
import { setImmediate } from "node:timers/promises";
import { Pop3Error } from "@restante/pop/client";
import type { SourceConfig } from "../../config/index.ts";
import type { ClockReading } from "../decide/clock.ts";
import type { Destination } from "../destinations/contract.ts";
import { closeAll, openDestinations } from "../destinations/open.ts";
import { endpointOf } from "../endpoint.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import { believe } from "./clock-belief.ts";
import { compileFilters, type Filters } from "./filters.ts";
import { abortLater, GRACE_MS } from "./grace.ts";
import type { FetchHouse } from "./house.ts";
import { outageOf } from "./outage.ts";
import { Migrating } from "./migrating.ts";
import { OldMarks } from "./old-marks.ts";
import type { Reporter } from "./reporter.ts";
import { RunClock } from "./run-clock.ts";
import { RunFailures, type HeldLoss } from "./run-failures.ts";
import { RunProgress } from "./run-progress.ts";
import type { SessionParts } from "./session-parts.ts";
import { runSession } from "./session.ts";
import { Sessions } from "./sessions.ts";

/** So many times `on_bad_message.after` runs in a row that lose a connection at a message end it, whosever fault they are. */
const LOST_RUNS_FACTOR = 3;

export interface RunParts {
  readonly source: SourceConfig;
  readonly house: FetchHouse;
  readonly reporter: Reporter;
  readonly password: string | undefined;
  readonly clock: ClockReading;
  /** At its beginning. */
  readonly facts: SourceFacts;
}

export class SourceRun {
  readonly #o: RunParts;
  readonly #filters: Filters | undefined;
  /** Cuts what still goes on, unless the house does. */
  readonly #hard = new AbortController();
  readonly #cut: AbortSignal;
  readonly #clock: RunClock;
  readonly #failures = new RunFailures();
  readonly #progress = new RunProgress();
  readonly #oldMarks: OldMarks;

  constructor(o: RunParts) {
    this.#o = o;
    this.#filters = compileFilters(o.source);
    this.#cut = o.house.cut ?? this.#hard.signal;
    this.#clock = new RunClock({ now: o.clock, believed: o.facts.believed, wasProven: o.facts.isClockProven });
    this.#oldMarks = new OldMarks({ ...o, clock: this.#clock, collected: this.#progress.collected });
  }

  async run(): Promise<void> {
    const { house, reporter } = this.#o;
    const grace = house.cut === undefined ? abortLater(house.signal, this.#hard, GRACE_MS) : undefined;
    const destinations = this.#openDestinations();
    destinations.catch(nothing);
    try {
      const parts = this.#parts(destinations);
      const sessions = new Sessions(parts);
      let outage: Error | undefined;
      try {
        await sessions.each(() => runSession(parts));
      } finally {
        outage = this.#excuse();
      }
      if (outage !== undefined) reporter.fail(outage);
      if (house.signal.aborted) reporter.stopped({ unremoved: this.#oldMarks.untried, isCut: sessions.isCutShort });
      this.#believe();
    } catch (error) {
      throw this.#asCut(error);
    } finally {
      try {
        house.state.doubt(this.#progress.lostReplies.takeUnproved());
        this.#blame();
      } finally {
        grace?.clear();
        await closeAll(await destinations.catch(() => []), house.log);
      }
    }
  }

  /**
   * While they open, the server is connected to; nobody logs in before they are there. The connection is asked for first:
   * loading and opening a store keeps the event loop busy for as long as a greeting is on its way.
   */
  async #openDestinations(): Promise<readonly Destination[]> {
    const { source, house } = this.#o;
    await setImmediate();
    const { openStore, checkpoint } = house;
    return openDestinations(source, { ...house, signal: this.#cut, openStore, checkpoint });
  }

  #parts(destinations: Promise<readonly Destination[]>): SessionParts {
    const { source, house, reporter, password } = this.#o;
    const [failures, progress] = [this.#failures, this.#progress];
    return {
      source,
      house,
      reporter,
      password,
      cut: this.#cut,
      destinations,
      filters: this.#filters,
      checkpoint: house.checkpoint ?? nothing,
      facts: () => house.state.facts(source.name, endpointOf(source)),
      clock: this.#clock,
      failures,
      oldMarks: this.#oldMarks,
      migrating: new Migrating({ source, state: house.state, failures, progress }),
      progress,
    };
  }

  /** What breaks when a run is cut is not the server's fault, nor a destination's. */
  #asCut(error: unknown): unknown {
    return this.#cut.aborted ? new Pop3Error("ABORTED", { phase: "session", cause: error }) : error;
  }

  /** Of its clock and of what is there again, what is taken for right from now on. */
  #believe(): void {
    const { source, house, reporter, facts } = this.#o;
    if (house.allowed?.has("restored") === true) house.state.acceptRestored(source.name);
    believe({ source, house, clock: this.#clock }, { before: facts, reporter });
  }

  /** Where nothing came, and all failed alike, no message did. Answers the trouble that was met. */
  #excuse(): Error | undefined {
    const { house, reporter } = this.#o;
    const outage = this.#progress.haveSomeCome ? undefined : outageOf(this.#failures.refusals);
    if (outage === undefined) return undefined;
    const counted = outage.met.filter(({ counts }) => counts);
    house.state.excuse(counted.map(({ row }) => row));
    for (const { decision, why } of counted) reporter.excused(decision, why);
    return outage.trouble;
  }

  #blame(): void {
    const { source, house, reporter } = this.#o;
    const after = source.badMessageAfter;
    const haveOthersCome = this.#progress.haveSomeCome;
    const blame = ({ row, counts, decision, why }: HeldLoss): void => {
      if (counts) this.#failures.counted(row);
      if (house.state.blame({ row, counts, after, afterLost: LOST_RUNS_FACTOR * after }))
        reporter.quarantined(decision, why);
    };
    for (const loss of this.#failures.losses({ haveOthersCome })) blame(loss);
    // A run counts a message once at most.
    for (const refusal of this.#failures.heldRefusals({ haveOthersCome })) blame({ ...refusal, counts: true });
  }
}

function nothing(): void {}
