// One source, collected from again and again, until it is paused or everything ends.
import { setTimeout as sleep } from "node:timers/promises";
import type { SourceConfig } from "../../config/index.ts";
import { FETCH_EXIT } from "../fetch-error.ts";
import type { SourceReport } from "../run/events.ts";
import { abortLater, GRACE_MS } from "../run/grace.ts";
import type { FetchHouse } from "../run/house.ts";
import { runSource } from "../run/run-source.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import type { DaemonEvent, DaemonOptions, SourceStatus } from "./daemon.ts";
import { ProtocolLog } from "./protocol-log.ts";
import type { RunSlot, RunSlots } from "./run-slots.ts";
import { waitBefore } from "./schedule.ts";
import { SourceWatch } from "./source-watch.ts";

/** Ends it for good: after the message that is on its way, and at once. */
export interface DaemonEnd {
  readonly signal: AbortSignal;
  readonly cut: AbortSignal;
}

/** Ends the run, and nothing else; `cut` some time later. */
interface Pausing {
  readonly end: AbortController;
  readonly cut: AbortController;
}

export interface SourceLoopOptions extends DaemonOptions {
  readonly isPaused: boolean;
  /** Before its first run. */
  readonly firstWaitMs: number;
  readonly slots: RunSlots;
}

export class SourceLoop {
  readonly name: string;
  readonly protocolLog = new ProtocolLog();
  #source: SourceConfig;
  readonly #o: SourceLoopOptions;
  readonly #end: DaemonEnd;
  readonly #watch = new SourceWatch();
  /** Ends the wait. */
  #alarm = new AbortController();
  /** Has the wait counted anew, from where it began. */
  #interval = new AbortController();
  #pausing: Pausing = { end: new AbortController(), cut: new AbortController() };
  #isPaused: boolean;
  /** Until it is over. */
  #firstWaitMs: number | undefined;
  #nextRunAt: number | undefined;
  #lastReport: SourceReport | undefined;

  constructor(source: SourceConfig, o: SourceLoopOptions, end: DaemonEnd) {
    this.name = source.name;
    this.#source = source;
    this.#o = o;
    this.#end = end;
    this.#isPaused = o.isPaused;
    this.#firstWaitMs = o.firstWaitMs > 0 ? o.firstWaitMs : undefined;
  }

  /** Never rejects. */
  async run(): Promise<void> {
    while (!this.#end.signal.aborted) {
      // Woken from here on, it looks once more: what came may have come behind its listing.
      this.#alarm = new AbortController();
      this.#nextRunAt = undefined;
      if (!this.#isPaused && this.#firstWaitMs === undefined) await this.#runInTurn();
      await this.#wait();
      this.#firstWaitMs = undefined;
    }
  }

  /** False when it is paused. */
  wake(): boolean {
    if (!this.#isPaused) this.#alarm.abort();
    return !this.#isPaused;
  }

  /** Its interval alone is another: no run begins by that, and none ends. */
  use(source: SourceConfig): void {
    this.#source = source;
    this.#interval.abort();
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#pausing.end.abort();
    this.#alarm.abort();
    this.#tell({ kind: "paused", source: this.name });
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#alarm.abort();
    this.#tell({ kind: "resumed", source: this.name });
  }

  status(): SourceStatus {
    return {
      source: this.name,
      isRunning: this.#watch.progress !== undefined,
      isPaused: this.#isPaused,
      progress: this.#watch.progress,
      nextRunAt: this.#nextRunAt,
      lastReport: this.#lastReport,
    };
  }

  async #runInTurn(): Promise<void> {
    const pausing = { end: new AbortController(), cut: new AbortController() };
    this.#pausing = pausing;
    const taken = this.#o.slots.take(AbortSignal.any([this.#end.signal, pausing.end.signal]));
    // In its turn, which is any moment.
    if (taken instanceof Promise) this.#nextRunAt = Date.now();
    const slot = taken instanceof Promise ? await taken : taken;
    this.#nextRunAt = undefined;
    if (slot === undefined) return;
    // Whoever woke it while it waited for its turn is served by this very run.
    this.#alarm = new AbortController();
    await this.#runOnce(pausing, slot);
    slot.release();
  }

  async #runOnce(pausing: Pausing, slot: RunSlot): Promise<void> {
    const grace = abortLater(pausing.end.signal, pausing.cut, GRACE_MS);
    this.#watch.begin(Date.now());
    const report = await runSource(this.#source, this.#house(slot));
    this.#watch.end();
    grace.clear();
    this.#lastReport = report;
    this.#log(report);
    this.#tellReport(report);
  }

  #house(slot: RunSlot): FetchHouse {
    const { house } = this.#o;
    return {
      ...house,
      signal: AbortSignal.any([this.#end.signal, this.#pausing.end.signal]),
      cut: AbortSignal.any([this.#end.cut, this.#pausing.cut.signal]),
      onEvent: (event) => {
        slot.touch();
        this.#watch.take(event);
        this.#tell(event);
      },
      trace: (source, event) => {
        slot.touch();
        this.protocolLog.push(event, Date.now());
        house.trace?.(source, event);
      },
    };
  }

  async #wait(): Promise<void> {
    const alarm = this.#alarm.signal;
    if (alarm.aborted || this.#end.signal.aborted) return;
    const either = AbortSignal.any([this.#end.signal, alarm]);
    if (this.#isPaused) return await aborted(either);
    const since = performance.now();
    for (let spentMs = 0; ; spentMs = performance.now() - since) {
      this.#interval = new AbortController();
      const interval = this.#interval.signal;
      const ms = Math.max(0, Math.ceil(this.#waitMs() - spentMs));
      this.#nextRunAt = Date.now() + ms;
      this.#tell({ kind: "waiting", source: this.name, nextRunAt: this.#nextRunAt });
      try {
        return await (this.#o.sleep ?? sleepOr)(ms, AbortSignal.any([either, interval]));
      } catch (error) {
        if (either.aborted) return;
        if (interval.aborted) continue;
        this.#o.house.log.error({ source: this.name, error }, "the wait for the next look broke off");
        return await aborted(either);
      }
    }
  }

  #waitMs(): number {
    if (this.#firstWaitMs !== undefined) return this.#firstWaitMs;
    const facts = this.#facts();
    return waitBefore({
      everyMs: this.#source.everyMs,
      loginDelayMs: facts?.loginDelayMs ?? 0,
      retryAfterMs: this.#lastReport?.retryAfterMs ?? 0,
      failures: facts?.failures ?? 0,
      needsPerson: needsPerson(this.#lastReport),
      random: (this.#o.random ?? Math.random)(),
    });
  }

  #facts(): SourceFacts | undefined {
    const { state, log } = this.#o.house;
    try {
      return state.find(this.name);
    } catch (error) {
      log.error({ source: this.name, error }, "what is remembered of a source cannot be read");
      return undefined;
    }
  }

  /** Whoever listens cannot end the collecting by a mistake of its own. */
  #tell(event: DaemonEvent): void {
    try {
      this.#o.onEvent?.(event);
    } catch (error) {
      this.#o.house.log.error({ source: this.name, error }, "a listener to collecting threw");
    }
  }

  #tellReport(report: SourceReport): void {
    try {
      this.#o.onReport?.(report);
    } catch (error) {
      this.#o.house.log.error({ source: this.name, error }, "a listener to collecting threw");
    }
  }

  #log(report: SourceReport): void {
    const { source, outcome, exitCode, arrived, removed, durationMs } = report;
    const why = troubleOf(report);
    const line = {
      source,
      outcome,
      exitCode,
      arrived: arrived.messages,
      octets: arrived.octets,
      removed,
      durationMs,
      ...(why === undefined ? {} : { why }),
    };
    const { log } = this.#o.house;
    if (report.exitCode === FETCH_EXIT.OK) log.info(line, "collected");
    else if (report.error?.code === "stopped") log.info(line, "stopped collecting");
    else log.warn({ ...line, next: `restante fetch check ${source} says more` }, "collecting met trouble");
  }
}

/** In words; undefined where everything went well. */
function troubleOf({ error, questions, failed }: SourceReport): string | undefined {
  if (error !== undefined) return error.message;
  if (questions.length > 0) return "a question waits for its answer";
  return failed.length === 0 ? undefined : `messages that did not come: ${failed.length}`;
}

/** A wrong password does not become right by itself, and many tries lock accounts. */
function needsPerson(report: SourceReport | undefined): boolean {
  if (report?.error === undefined) return false;
  return ([FETCH_EXIT.NOPERM, FETCH_EXIT.TRUST, FETCH_EXIT.CONFIG, FETCH_EXIT.USAGE] as readonly number[]).includes(
    report.exitCode,
  );
}

async function sleepOr(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
