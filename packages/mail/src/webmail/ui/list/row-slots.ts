// Which element of the document a row is drawn in. What one list leaves behind the next one fills: to write other words into
// rows takes a browser much less than to take all of them out and make others, and whoever types a search waits for it.

export class RowSlots {
  #listKey = "";
  #slots: ReadonlyMap<string, number> = new Map();
  #next = 0;

  /**
   * A slot for each of `keys`, no two the same. A row keeps its slot for as long as it is drawn. Those of rows that are gone
   * are for another list only, and with `isFree` only: an element that has the focus belongs to its row.
   */
  of(keys: readonly string[], listKey: string, isFree: boolean): ReadonlyMap<string, number> {
    const before = this.#slots;
    const left = listKey !== this.#listKey && isFree ? this.#without(keys) : [];
    const next = left.values();
    this.#listKey = listKey;
    this.#slots = new Map(keys.map((key) => [key, before.get(key) ?? next.next().value ?? this.#next++]));
    return this.#slots;
  }

  /** In the order they stand in the document: so none has to be moved. */
  #without(keys: readonly string[]): readonly number[] {
    const kept = new Set(keys);
    return Array.from(this.#slots, ([key, slot]) => (kept.has(key) ? [] : slot)).flat();
  }
}
