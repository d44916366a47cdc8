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
