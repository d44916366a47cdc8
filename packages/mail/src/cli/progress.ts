// One line on a terminal that says how far something is. Nothing for the first second, nothing where nobody looks.
import type { Io } from "./io.ts";

const QUIET_MS = 1_000;
const EVERY_MS = 100;

export class Progress {
  readonly #io: Io;
  readonly #since = performance.now();
  #lastAt = -Infinity;
  #text = "";
  #shown = false;
  /** Shows the text of the first second at its end: what takes long may have nothing more to say. */
  #quiet: NodeJS.Timeout | undefined;

  constructor(io: Io) {
    this.#io = io;
  }

  show(text: string): void {
    if (this.#io.stderr.isTTY !== true) return;
    this.#text = text;
    const now = performance.now();
    if (now - this.#since < QUIET_MS) this.#quiet ??= setTimeout(() => this.#draw(), QUIET_MS).unref();
    else if (now - this.#lastAt >= EVERY_MS) this.#draw();
  }

  /** Takes the line away, so that what is said next stands alone. */
  clear(): void {
    clearTimeout(this.#quiet);
    this.#quiet = undefined;
    if (this.#shown) this.#io.stderr.write("\r\u001b[K");
    this.#shown = false;
  }

  #draw(): void {
    this.#lastAt = performance.now();
    this.#shown = true;
    this.#io.stderr.write(`\r\u001b[K${this.#text.slice(0, Math.max(20, (this.#io.stderr.columns ?? 80) - 1))}`);
  }
}
