// One line on a terminal that says how far something is. Nothing for the first second, nothing where nobody looks.
import type { Io } from "./io.ts";

const QUIET_MS = 1_000;
const EVERY_MS = 100;

export class Progress {
  readonly #io: Io;
  readonly #since = performance.now();
  #lastAt = -Infinity;
  #shown = false;

  constructor(io: Io) {
    this.#io = io;
  }

  show(text: string): void {
    const now = performance.now();
    if (this.#io.stderr.isTTY !== true || now - this.#since < QUIET_MS || now - this.#lastAt < EVERY_MS) return;
    this.#lastAt = now;
    this.#shown = true;
    this.#io.stderr.write(`\r\u001b[K${text.slice(0, Math.max(20, (this.#io.stderr.columns ?? 80) - 1))}`);
  }

  /** Takes the line away, so that what is said next stands alone. */
  clear(): void {
    if (this.#shown) this.#io.stderr.write("\r\u001b[K");
    this.#shown = false;
  }
}
