// What somebody asked to have downloaded whole, until that has ended, however it ended.
interface Asked {
  readonly source: string;
  readonly uniqueIds: ReadonlySet<string>;
}

export class Downloads {
  readonly #asked = new Set<Asked>();

  /** They are on their way from now on; what is given back says that they came, or did not. */
  expect(asked: Asked): () => void {
    this.#asked.add(asked);
    return () => void this.#asked.delete(asked);
  }

  isAsked(source: string, uniqueId: string): boolean {
    return [...this.#asked].some((asked) => asked.source === source && asked.uniqueIds.has(uniqueId));
  }
}
