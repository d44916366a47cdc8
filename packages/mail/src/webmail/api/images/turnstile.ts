// Lets some through at once, the others in their order, and turns away whom it would keep waiting too long.
import { ApiError } from "../api-error.ts";

export class Turnstile {
  readonly #atOnce: number;
  readonly #waitingMax: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(o: { readonly atOnce: number; readonly waiting: number }) {
    this.#atOnce = o.atOnce;
    this.#waitingMax = o.waiting;
  }

  /** Throws ApiError `busy`. */
  async pass<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#inside < this.#atOnce) this.#inside += 1;
    else await this.#turn();
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The place is handed on; it never gets free in between.
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= this.#waitingMax)
      throw new ApiError("busy", "too much is being loaded; try again", { reason: "too-much-at-once" });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
