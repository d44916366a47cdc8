// What a person or a supervisor says to a process that runs: end in order, and when it is said again, at once.
import { warn, type Io } from "./io.ts";

/** npm hands a signal on that the terminal has sent us already: the same one is a second one only after this time. */
const SAME_SIGNAL_MS = 500;

export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** As the signal itself would have ended it. What is on the disk is good at every moment. */
export function endAtOnce(io: Io, signal: Signal): never {
  warn(io, `${signal} again: ended at once`);
  process.exit(signal === "SIGINT" ? 130 : 143);
}

/** Signals in the order they came; those that come while nobody waits are kept. */
export class Signals {
  readonly #waiting: Signal[] = [];
  readonly #handlers = new Map<Signal, () => void>();
  #wake: () => void = () => undefined;
  #atNext: ((signal: Signal) => void) | undefined;
  #last: { readonly signal: Signal; readonly at: number } | undefined;

  constructor(which: readonly Signal[]) {
    for (const signal of which) {
      const handler = (): void => this.#take(signal);
      this.#handlers.set(signal, handler);
      process.on(signal, handler);
    }
  }

  async next(): Promise<Signal> {
    for (;;) {
      const signal = this.#waiting.shift();
      if (signal !== undefined) return signal;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  endAtNext(end: (signal: Signal) => void): void {
    this.#atNext = end;
  }

  close(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }

  #take(signal: Signal): void {
    const at = performance.now();
    const isEcho = this.#last?.signal === signal && at - this.#last.at < SAME_SIGNAL_MS;
    this.#last = { signal, at };
    if (this.#atNext === undefined) {
      this.#waiting.push(signal);
      this.#wake();
    } else if (signal !== "SIGHUP" && !isEcho) this.#atNext(signal);
  }
}
