// The time of one run: of this machine's clock, of the last one that was believed, and of the server.
import { clockDoubt, timeToWrite, type ClockFacts, type ClockFinding, type ClockReading } from "../decide/clock.ts";

export class RunClock {
  readonly now: ClockReading;
  readonly #believed: ClockReading | undefined;
  /** The latest date the server wrote into what came. */
  #serverMs: number | undefined;

  constructor(now: ClockReading, believed: ClockReading | undefined) {
    this.now = now;
    this.#believed = believed;
  }

  sawServerDate(ms: number): void {
    this.#serverMs = Math.max(this.#serverMs ?? -Infinity, ms);
  }

  /** Why this machine's clock may be wrong; undefined when nothing speaks against it. */
  get doubt(): ClockFinding | undefined {
    return clockDoubt(this.#facts);
  }

  /** For what is written down: a doubted clock does not make it younger or older than it is. */
  get timeToWrite(): number {
    return timeToWrite(this.#facts);
  }

  get #facts(): ClockFacts {
    return { now: this.now, believed: this.#believed, serverMs: this.#serverMs };
  }
}
