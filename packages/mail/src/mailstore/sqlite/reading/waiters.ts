// Who waits until an account's changes show in the index.
import type { IndexedReport } from "./indexing-messages.ts";

interface Waiter {
  readonly modseq: number;
  readonly done: (reached: boolean) => void;
}

export class Waiters {
  readonly #reached = new Map<number, number>();
  readonly #waiting = new Map<number, Set<Waiter>>();

  /** Resolves to true when all changes up to this one show, or to false after so many milliseconds. */
  reached(account: number, o: { readonly modseq: number; readonly withinMs: number }): Promise<boolean> {
    if ((this.#reached.get(account) ?? -1) >= o.modseq) return Promise.resolve(true);
    return new Promise((resolve) => {
      const others = this.#waiting.get(account) ?? new Set();
      const waiter: Waiter = {
        modseq: o.modseq,
        done: (reached) => {
          clearTimeout(timer);
          others.delete(waiter);
          if (others.size === 0) this.#waiting.delete(account);
          resolve(reached);
        },
      };
      const timer = setTimeout(() => waiter.done(false), o.withinMs);
      this.#waiting.set(account, others.add(waiter));
    });
  }

  report({ account, modseq, isWhole }: IndexedReport): void {
    // While older messages are missing, nothing is said to show.
    if (isWhole) this.#reached.set(account, modseq);
    else this.#reached.delete(account);
    for (const waiter of this.#waiting.get(account) ?? []) if (isWhole && modseq >= waiter.modseq) waiter.done(true);
  }

  /** Nothing is known any more; whoever waits waits in vain. */
  forget(): void {
    this.#reached.clear();
    for (const waiters of this.#waiting.values()) for (const waiter of waiters) waiter.done(false);
  }
}
