// Rows that were read ahead of slow clients take memory: all of them together at most this much, none for long.
import type { RowWindow } from "./message-rows.ts";

const octetsMax = 32 * 1_048_576;
const idleMs = 5_000;

export class ReadAhead {
  /** Octets by window, the one used longest ago first. */
  readonly #windows = new Map<RowWindow, number>();
  /** Used since the last look. */
  readonly #active = new Set<RowWindow>();
  #octets = 0;
  #timer: NodeJS.Timeout | undefined;

  /** To be called after a window was read from. */
  used(window: RowWindow): void {
    this.#octets += window.octets - (this.#windows.get(window) ?? 0);
    this.#windows.delete(window);
    if (window.octets === 0) return;
    this.#windows.set(window, window.octets);
    this.#active.add(window);
    this.#timer ??= setInterval(() => this.#sweep(), idleMs).unref();
    for (const oldest of this.#windows.keys()) {
      if (this.#octets <= octetsMax || oldest === window) break;
      this.drop(oldest);
    }
  }

  drop(window: RowWindow): void {
    this.#octets -= this.#windows.get(window) ?? 0;
    this.#windows.delete(window);
    this.#active.delete(window);
    window.clear();
  }

  close(): void {
    for (const window of this.#windows.keys()) this.drop(window);
    this.#sweep();
  }

  #sweep(): void {
    for (const window of this.#windows.keys()) if (!this.#active.has(window)) this.drop(window);
    this.#active.clear();
    if (this.#windows.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
