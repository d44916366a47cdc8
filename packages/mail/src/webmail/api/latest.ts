// Keeps what was used last, and no more of it than its budget.

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

/** Keeps answers that take time, also while they are worked out, so that they are worked out once; none that failed. */
export class LatestAnswers<T> {
  readonly #kept: Latest<Promise<T>>;
  readonly #costOf: (value: T) => number;

  constructor(budget: number, costOf: (value: T) => number) {
    this.#kept = new Latest(budget);
    this.#costOf = costOf;
  }

  has(key: string): boolean {
    return this.#kept.get(key) !== undefined;
  }

  ask(key: string, answer: () => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const asked = answer();
    this.#kept.set(key, asked, 0);
    asked.then(
      (value) => this.#kept.set(key, asked, this.#costOf(value)),
      () => this.#kept.delete(key),
    );
    return asked;
  }

  forget(key: string): void {
    this.#kept.delete(key);
  }
}
