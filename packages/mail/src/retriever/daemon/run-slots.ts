// How many sources begin to be collected from at once, so that a daemon of a thousand does not log in everywhere in one
// moment. A run keeps its slot until it ends, hears nothing for a second or has had it for five: then it goes on without,
// so that servers that are slow, silent or have very much mail keep no other source waiting for longer than that.

export const RUNS_AT_ONCE = 16;
const SILENCE_MS = 1_000;
const HELD_MS = 5_000;

export interface RunSlot {
  /** Something was heard. */
  touch(): void;
  /** Safe twice. */
  release(): void;
}

export class RunSlots {
  #free = RUNS_AT_ONCE;
  /** In the order they came. */
  readonly #waiting = new Set<() => void>();

  /** At once where one is free; undefined where the signal ends the wait. */
  take(signal: AbortSignal): RunSlot | Promise<RunSlot | undefined> {
    if (this.#free > 0) return this.#give();
    return new Promise((resolve) => {
      const next = (): void => {
        signal.removeEventListener("abort", leave);
        resolve(this.#give());
      };
      const leave = (): void => {
        this.#waiting.delete(next);
        resolve(undefined);
      };
      this.#waiting.add(next);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  #give(): RunSlot {
    this.#free -= 1;
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      clearTimeout(silence);
      clearTimeout(held);
      this.#free += 1;
      this.#callNext();
    };
    let silence = setTimeout(release, SILENCE_MS);
    const held = setTimeout(release, HELD_MS);
    return {
      touch() {
        if (!isHeld) return;
        clearTimeout(silence);
        silence = setTimeout(release, SILENCE_MS);
      },
      release,
    };
  }

  #callNext(): void {
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    next();
  }
}
