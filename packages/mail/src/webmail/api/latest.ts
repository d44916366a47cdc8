// Keeps what was used last, and no more of it than its budget.
import { untilAborted } from "./until-aborted.ts";

export class Latest<T> {
  readonly #budget: number;
  readonly #kept = new Map<string, { readonly value: T; readonly cost: number }>();
  #spent = 0;

  /** `budget` is in whatever unit the costs are. */
  constructor(budget: number) {
    this.#budget = budget;
  }

  get(key: string): T | undefined {
    const found = this.#kept.get(key);
    if (found === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return found.value;
  }

  set(key: string, value: T, cost = 1): void {
    this.delete(key);
    if (cost > this.#budget) return;
    this.#kept.set(key, { value, cost });
    this.#spent += cost;
    for (const oldest of this.#kept.keys()) {
      if (this.#spent <= this.#budget) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#spent -= this.#kept.get(key)?.cost ?? 0;
    this.#kept.delete(key);
  }
}

interface Asked<T> {
  readonly answer: Promise<T>;
  readonly askers: Askers;
}

/** Keeps answers that take time, also while they are worked out, so that they are worked out once; none that failed. */
export class LatestAnswers<T> {
  readonly #kept: Latest<Asked<T>>;
  readonly #costOf: (value: T) => number;

  constructor(budget: number, costOf: (value: T) => number) {
    this.#kept = new Latest(budget);
    this.#costOf = costOf;
  }

  has(key: string): boolean {
    return this.#kept.get(key) !== undefined;
  }

  /** The signal that `work` is given says that nobody waits for it any more: whoever asks with one may go away. */
  ask(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const kept = this.#kept.get(key);
    const asked = kept === undefined || kept.askers.haveGoneUnanswered ? this.#begin(key, work) : kept;
    asked.askers.join(signal);
    return signal === undefined ? asked.answer : untilAborted(asked.answer, signal);
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<T>): Asked<T> {
    const askers = new Askers();
    const asked = { answer: work(askers.areGone), askers };
    this.#kept.set(key, asked, 0);
    asked.answer.then(
      (value) => {
        askers.areAnswered = true;
        if (this.#isKept(key, asked)) this.#kept.set(key, asked, this.#costOf(value));
      },
      () => this.#isKept(key, asked) && this.#kept.delete(key),
    );
    return asked;
  }

  /** Another may stand in its place since. */
  #isKept(key: string, asked: Asked<T>): boolean {
    return this.#kept.get(key) === asked;
  }

  forget(key: string): void {
    this.#kept.delete(key);
  }
}

/** Those who wait for one answer. */
class Askers {
  /** Whoever goes away from now on is no news. */
  areAnswered = false;
  readonly #gone = new AbortController();
  #waiting = 0;

  get areGone(): AbortSignal {
    return this.#gone.signal;
  }

  get haveGoneUnanswered(): boolean {
    return this.areGone.aborted && !this.areAnswered;
  }

  /** One without a signal stays. */
  join(signal: AbortSignal | undefined): void {
    this.#waiting += 1;
    const leave = (): void => {
      this.#waiting -= 1;
      if (this.#waiting === 0 && !this.areAnswered) this.#gone.abort(signal?.reason);
    };
    if (signal?.aborted === true) leave();
    else signal?.addEventListener("abort", leave, { once: true });
  }
}
