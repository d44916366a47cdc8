// A clock that stands still until a test moves it.

interface Alarm {
  readonly at: number;
  readonly callback: () => void;
}

/** Fits the Clock of a server; what was put off happens inside `advance`. */
export class FakeClock {
  #now = 1_000_000;
  #alarms: Alarm[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const alarm = { at: this.#now + ms, callback };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** Milliseconds from now until each alarm that is set. */
  get alarms(): readonly number[] {
    return this.#alarms.map(({ at }) => at - this.#now);
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#alarms.filter(({ at }) => at <= this.#now);
    this.#alarms = this.#alarms.filter(({ at }) => at > this.#now);
    for (const { callback } of due) callback();
  }
}
