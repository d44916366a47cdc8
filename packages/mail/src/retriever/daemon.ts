// Collects from every source again and again. Each has its own clock: a slow one delays nobody. Times between runs are
// spread a little, so that thousands of installations do not knock at the same second.
import { setTimeout as sleep } from "node:timers/promises";
import type { SourceConfig } from "../config/index.ts";
import { FETCH_EXIT } from "./fetch-error.ts";
import type { FetchHouse } from "./run/house.ts";
import { runSource } from "./run/source-run.ts";
import type { SourceReport } from "./run/events.ts";
import type { SourceFacts } from "./state/source-facts.ts";
import { waitBefore } from "./schedule.ts";

/** How long a run that is asked to stop may take to say goodbye. */
const GRACE_MS = 10_000;

export interface DaemonOptions {
  readonly sources: readonly SourceConfig[];
  /** What every run needs; its signal ends the daemon too. */
  readonly house: Omit<FetchHouse, "signal" | "graceMs">;
  readonly onReport?: (report: SourceReport) => void;
  /** Resolves after so many milliseconds, or rejects when the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1. */
  readonly random?: () => number;
}

export interface SourceStatus {
  readonly source: string;
  readonly isRunning: boolean;
  /** Milliseconds since the epoch; undefined while it runs. */
  readonly nextRunAt: number | undefined;
  readonly lastReport: SourceReport | undefined;
}

export interface Daemon {
  /** Looks at once; at all sources unless one is named. False when there is no such source. */
  wake(source?: string): boolean;
  status(): readonly SourceStatus[];
  /** Ends runs after the message they are at, and cuts them off after so long; what is safely here is made final. Safe twice. */
  stop(o?: { readonly withinMs?: number }): Promise<void>;
}

/** Sources that are not enabled are left alone. */
export function startDaemon(o: DaemonOptions): Daemon {
  const stopping = new AbortController();
  let graceMs = GRACE_MS;
  const house: FetchHouse = { ...o.house, signal: stopping.signal, graceMs: () => graceMs };
  const loops = o.sources.filter(({ enabled }) => enabled).map((source) => new SourceLoop(source, o, house));
  const running = Promise.all(loops.map((loop) => loop.run()));
  return {
    wake(source) {
      const woken = loops.filter(({ name }) => source === undefined || name === source);
      for (const loop of woken) loop.wake();
      return woken.length > 0;
    },
    status: () => loops.map((loop) => loop.status()),
    async stop({ withinMs } = {}) {
      graceMs = withinMs ?? GRACE_MS;
      stopping.abort();
      await running;
    },
  };
}

class SourceLoop {
  readonly name: string;
  readonly #source: SourceConfig;
  readonly #o: DaemonOptions;
  readonly #house: FetchHouse;
  readonly #signal: AbortSignal;
  #alarm = new AbortController();
  #isRunning = false;
  #nextRunAt: number | undefined;
  #lastReport: SourceReport | undefined;

  constructor(source: SourceConfig, o: DaemonOptions, house: FetchHouse) {
    this.name = source.name;
    this.#source = source;
    this.#o = o;
    this.#house = house;
    this.#signal = house.signal;
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#runOnce();
      await this.#wait();
    }
  }

  wake(): void {
    this.#alarm.abort();
  }

  status(): SourceStatus {
    return { source: this.name, isRunning: this.#isRunning, nextRunAt: this.#nextRunAt, lastReport: this.#lastReport };
  }

  async #runOnce(): Promise<void> {
    this.#isRunning = true;
    this.#nextRunAt = undefined;
    // Woken from here on, it looks once more: what came may have come behind its listing.
    this.#alarm = new AbortController();
    const report = await runSource(this.#source, this.#house);
    this.#isRunning = false;
    this.#lastReport = report;
    this.#log(report);
    this.#o.onReport?.(report);
  }

  async #wait(): Promise<void> {
    const facts = this.#facts();
    const ms = waitBefore({
      everyMs: this.#source.everyMs,
      loginDelayMs: facts?.loginDelayMs ?? 0,
      retryAfterMs: this.#lastReport?.retryAfterMs ?? 0,
      failures: facts?.failures ?? 0,
      needsPerson: needsPerson(this.#lastReport),
      random: (this.#o.random ?? Math.random)(),
    });
    if (this.#alarm.signal.aborted) return;
    this.#nextRunAt = Date.now() + ms;
    try {
      await (this.#o.sleep ?? sleepOr)(ms, AbortSignal.any([this.#signal, this.#alarm.signal]));
    } catch (error) {
      if (!this.#signal.aborted && !this.#alarm.signal.aborted) throw error;
    }
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

  #log(report: SourceReport): void {
    const { source, outcome, exitCode, arrived, removed, error, durationMs } = report;
    const line = {
      source,
      outcome,
      exitCode,
      arrived: arrived.messages,
      octets: arrived.octets,
      removed,
      durationMs,
      ...(error === undefined ? {} : { why: error.message }),
    };
    const { log } = this.#o.house;
    if (report.exitCode === FETCH_EXIT.OK) log.info(line, "collected");
    else log.warn(line, "collecting met trouble");
  }
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
