// What was taken away one by one and can be brought back: files of a draft, addresses. The server is asked only when the
// undo is gone, or when whoever shows it waits no longer: until then nothing has to be made again.
import { dismissToast, showNamedToast } from "./toasts.ts";

interface Removal {
  /** Tells of it, beside the undo. */
  readonly text: string;
  /** Takes it away on the server; says by itself what went wrong. */
  readonly remove: () => Promise<unknown>;
  /** Shows it again. */
  readonly bringBack: () => void;
}

export class Removals {
  /** The toasts that offer to undo those that wait, by what was taken away. */
  readonly #waiting = new Map<string, number>();

  add(name: string, { text, remove, bringBack }: Removal): void {
    const toast = showNamedToast({
      text,
      tone: "plain",
      undo: () => {
        this.#waiting.delete(name);
        bringBack();
      },
      onGone: () => {
        if (this.#waiting.delete(name)) void remove();
      },
    });
    this.#waiting.set(name, toast);
  }

  has(name: string): boolean {
    return this.#waiting.has(name);
  }

  /** None that waits is carried out. */
  drop(): void {
    const toasts = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const toast of toasts) dismissToast(toast);
  }

  /** Without waiting any longer. */
  carryOut(): void {
    for (const toast of this.#waiting.values()) dismissToast(toast);
  }
}
