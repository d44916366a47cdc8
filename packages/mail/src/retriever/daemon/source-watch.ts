// What a source is at, for whoever looks in between: made from the events of its run.
import type { FetchCounts, FetchEvent, FetchPhase } from "../run/events.ts";

export interface SourceProgress {
  readonly phase: FetchPhase;
  readonly done: FetchCounts;
  readonly total: FetchCounts;
  readonly octetsPerSecond: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

const NOTHING: FetchCounts = { messages: 0, octets: 0 };

export class SourceWatch {
  #progress: SourceProgress | undefined;

  /** Undefined while nothing is done. */
  get progress(): SourceProgress | undefined {
    return this.#progress;
  }

  begin(startedAt: number): void {
    this.#progress = { phase: "connect", done: NOTHING, total: NOTHING, octetsPerSecond: 0, startedAt };
  }

  take(event: FetchEvent): void {
    if (this.#progress === undefined) return;
    if (event.kind === "phase") this.#progress = { ...this.#progress, phase: event.phase };
    if (event.kind !== "progress") return;
    const { done, total, octetsPerSecond } = event;
    this.#progress = { ...this.#progress, done, total, octetsPerSecond };
  }

  end(): void {
    this.#progress = undefined;
  }
}
