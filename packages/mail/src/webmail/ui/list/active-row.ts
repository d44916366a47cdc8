// Which row of a list is active, and whether it is to have the focus. It changes with every key, so it is told to whoever
// keeps the focus and to nobody else.

interface Active {
  /** The list it is active in. */
  readonly of: string;
  readonly key: string;
  /** Its place when it became active. */
  readonly at: number;
}

export class ActiveRow {
  readonly #listeners = new Set<() => void>();
  #active: Active | null = null;
  /** What had the focus when it was asked for; undefined while it is not. */
  #askedFrom: Element | null | undefined = undefined;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** It is to have the focus, at once or as soon as it is in the document: unless a person went elsewhere meanwhile. */
  isFocusDue(): boolean {
    const { activeElement, body } = document;
    const isElsewhere = activeElement !== this.#askedFrom && activeElement !== body;
    if (isElsewhere) this.#askedFrom = undefined;
    return this.#askedFrom !== undefined;
  }

  /** Where it is in `order`; where it was, when it has left the list; -1 while none is. */
  placeIn(listKey: string, order: readonly string[]): number {
    if (this.#active?.of !== listKey) return -1;
    const { key, at } = this.#active;
    if (order[at] === key) return at;
    const now = order.indexOf(key);
    return now >= 0 ? now : Math.min(at, order.length - 1);
  }

  set(next: Active): void {
    // The row that gets the focus says so, too: nothing is done for it once more.
    const { of, key, at } = this.#active ?? {};
    if (of === next.of && key === next.key && at === next.at) return;
    this.#active = next;
    this.#tell();
  }

  askFocus(): void {
    this.#askedFrom = document.activeElement;
    this.#tell();
  }

  focusGiven(): void {
    this.#askedFrom = undefined;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
