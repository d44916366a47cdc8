// When a session may go on: one turn at a time and each of them short, so that all sessions have theirs.

export class Turns {
  readonly #run: () => void;
  readonly #turnMs: number;
  #startedAt = 0;
  #isRunning = false;
  #isArranged = false;

  /** `run` does what can be done now; it never throws. */
  constructor(options: { readonly turnMs: number; readonly run: () => void }) {
    this.#run = options.run;
    this.#turnMs = options.turnMs;
  }

  /** The next turn is arranged for, and none comes before it. */
  get isArranged(): boolean {
    return this.#isArranged;
  }

  /** The running turn has taken its time. */
  get isOver(): boolean {
    return performance.now() - this.#startedAt >= this.#turnMs;
  }

  /** Runs a turn, unless one is running or arranged for. */
  take(): void {
    if (this.#isRunning || this.#isArranged) return;
    this.#isRunning = true;
    this.#startedAt = performance.now();
    this.#run();
    this.#isRunning = false;
  }

  /** The next turn comes after the other sessions had theirs. */
  arrange(): void {
    this.#isArranged = true;
    setImmediate(() => this.#takeArranged());
  }

  /** The next turn comes when this has settled; it must not reject. */
  async arrangeAfter(until: Promise<void>): Promise<void> {
    this.#isArranged = true;
    await until;
    this.#takeArranged();
  }

  #takeArranged(): void {
    this.#isArranged = false;
    this.take();
  }
}
