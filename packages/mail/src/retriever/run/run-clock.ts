// The time of one run: of this machine's clock, of the last one that was believed, and of the server.
import {
  agrees,
  clockDoubt,
  timeToWrite,
  type ClockFacts,
  type ClockFinding,
  type ClockReading,
} from "../decide/clock.ts";

export class RunClock {
  readonly now: ClockReading;
  readonly #believed: ClockReading | undefined;
  readonly #wasProven: boolean;
  /** The latest date the server wrote into what came. */
  #serverMs: number | undefined;

  constructor(o: {
    readonly now: ClockReading;
    readonly believed: ClockReading | undefined;
    /** What was believed. */
    readonly wasProven: boolean;
  }) {
    this.now = o.now;
    this.#believed = o.believed;
    this.#wasProven = o.believed !== undefined && o.wasProven;
  }

  sawServerDate(ms: number): void {
    this.#serverMs = Math.max(this.#serverMs ?? -Infinity, ms);
  }

  /** Why this machine's clock may be wrong; undefined when nothing speaks against it. */
  get doubt(): ClockFinding | undefined {
    return clockDoubt(this.#facts);
  }

  /** Of a clock without doubt: it agrees with the server, or goes on from one that did. */
  get isProven(): boolean {
    return this.#wasProven || agrees(this.#facts);
  }

  /** For what is written down: a doubted clock does not make it younger or older than it is. */
  get timeToWrite(): number {
    return timeToWrite(this.#facts);
  }

  get #facts(): ClockFacts {
    return { now: this.now, believed: this.#believed, serverMs: this.#serverMs, isProven: this.#wasProven };
  }
}
