// A number of places; whoever finds none free waits, in turn.

/** take() a place, give() it back. */
export class Slots {
  readonly #size: number;
  #taken = 0;
  #waiting: (() => void)[] = [];
  #whenIdle: (() => void)[] = [];

  constructor(size: number) {
    this.#size = Math.max(1, size);
  }

  async take(): Promise<void> {
    if (this.#taken >= this.#size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#taken += 1;
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) return next(); // the place goes from hand to hand
    this.#taken -= 1;
    if (this.#taken === 0) for (const tell of this.#whenIdle.splice(0)) tell();
  }

  /** Settled when all places are free. */
  async idle(): Promise<void> {
    if (this.#taken > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }
}
