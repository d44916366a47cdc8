// A cache that holds at most so many octets and forgets what was used longest ago.

export class BudgetCache<Key, Value> {
  readonly #octetsMax: number;
  /** Least recently used first. */
  readonly #entries = new Map<Key, { readonly value: Value; readonly octets: number }>();
  #octets = 0;

  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax;
  }

  get octets(): number {
    return this.#octets;
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** What alone is larger than the budget is not kept. */
  set(key: Key, value: Value, octets: number): void {
    this.delete(key);
    if (octets > this.#octetsMax) return;
    this.#entries.set(key, { value, octets });
    this.#octets += octets;
    for (const oldest of this.#entries.keys()) {
      if (this.#octets <= this.#octetsMax) break;
      this.delete(oldest);
    }
  }

  delete(key: Key): void {
    this.#octets -= this.#entries.get(key)?.octets ?? 0;
    this.#entries.delete(key);
  }
}
