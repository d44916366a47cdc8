// Lets in as much at once as there is room for, the rest in its order, and turns away whom it would keep waiting too long.
// What is larger than the room goes in alone.
import { ApiError } from "./api-error.ts";

export interface Passing {
  /** Of the room, while its work goes on. */
  readonly takes: number;
  /** Whoever goes away while they wait leave the line. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiting {
  readonly takes: number;
  readonly enter: () => void;
}

export class Turnstile {
  readonly #room: number;
  readonly #waitingMax: number;
  readonly #waiting: Waiting[] = [];
  #inside = 0;

  /** `room` is in whatever unit those who pass take some of. */
  constructor(o: { readonly room: number; readonly waiting: number }) {
    this.#room = o.room;
    this.#waitingMax = o.waiting;
  }

  /** Throws ApiError `busy`, or the reason of the signal. */
  async pass<T>(work: () => Promise<T>, { takes, signal }: Passing): Promise<T> {
    signal?.throwIfAborted();
    // Nobody goes past those who wait, however little they take: a large one would never have its turn.
    if (this.#waiting.length === 0 && this.#hasRoom(takes)) this.#inside += takes;
    else await this.#turn(takes, signal);
    try {
      return await work();
    } finally {
      this.#inside -= takes;
      this.#letIn();
    }
  }

  #hasRoom(takes: number): boolean {
    return this.#inside === 0 || this.#inside + takes <= this.#room;
  }

  #turn(takes: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.length >= this.#waitingMax)
      throw new ApiError("busy", "too much is being loaded; try again", { reason: "too-much-at-once" });
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal?.reason as Error);
        // There may be room for those who stood behind it.
        this.#letIn();
      };
      const enter = (): void => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const waiting: Waiting = { takes, enter };
      this.#waiting.push(waiting);
      signal?.addEventListener("abort", leave, { once: true });
    });
  }

  #letIn(): void {
    for (let [next] = this.#waiting; next !== undefined && this.#hasRoom(next.takes); [next] = this.#waiting) {
      this.#waiting.shift();
      this.#inside += next.takes;
      next.enter();
    }
  }
}
