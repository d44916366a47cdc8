// Logins turned away because more passwords are to be checked than can be. Strangers cause as many as they like, so the
// log counts them: a line each would let them fill the disk.
import type { Log } from "../observe/index.ts";

const everyMs = 60_000;

export class TurnedAway {
  readonly #log: Pick<Log, "warn">;
  readonly #now: () => number;
  #logins = 0;
  #toldAt = -Infinity;

  /** `now` gives milliseconds, monotonic. */
  constructor(log: Pick<Log, "warn">, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  /** Counts one. The first is told at once, later ones with the first that comes a minute after the last line. */
  add(reason: string): void {
    this.#logins += 1;
    const now = this.#now();
    if (now - this.#toldAt < everyMs) return;
    this.#log.warn({ logins: this.#logins, reason }, "logins were turned away");
    this.#toldAt = now;
    this.#logins = 0;
  }
}
