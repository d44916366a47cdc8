// Messages of one unique-id and size that show no header. Nothing but its place among them tells which of them did not come:
// its failures are counted under that. The place holds while no other of them goes, and they go together.
import { messageKey, type KnownMessage, type ListedMessage } from "./known.ts";

interface Place {
  /** From 1 on. */
  readonly at: number;
  /** So many there were. */
  readonly of: number;
}

const KEY = /^\?(\d+)\/(\d+)$/;

/** A key that is a place; others are of headers and octets, in hex. */
export function isPlace(keyHash: string): boolean {
  return KEY.test(keyHash);
}

/** One that failed while it was alone was the first of one. */
function placeIn(keyHash: string): Place {
  const [, at = "1", of = "1"] = KEY.exec(keyHash) ?? [];
  return { at: Number(at), of: Number(of) };
}

/**
 * Of one that did not come. Nothing else is remembered of what only its octets tell: each is new, and its destination knows
 * it by them. One that ends every session would do so for ever if nobody counted.
 */
export function isCountedByPlace({ keyHash, state }: KnownMessage): boolean {
  return (keyHash === "" || isPlace(keyHash)) && (state === "new" || state === "quarantined");
}

export class Places {
  readonly #counts = new Map<string, number>();
  /** By message-number. */
  readonly #at = new Map<number, number>();
  readonly #rows = new Map<string, ReadonlyMap<number, KnownMessage>>();
  readonly #lost = new Set<KnownMessage>();

  constructor(listed: readonly ListedMessage[], headerHashes: ReadonlyMap<number, string>) {
    for (const { n, uniqueId, octets } of listed) {
      if (headerHashes.has(n)) continue;
      const key = messageKey(uniqueId, octets);
      const at = (this.#counts.get(key) ?? 0) + 1;
      this.#counts.set(key, at);
      this.#at.set(n, at);
    }
  }

  /** What its failures are counted under. */
  keyOf({ n, uniqueId, octets }: ListedMessage): string {
    return `?${this.#at.get(n) ?? 1}/${this.#counts.get(messageKey(uniqueId, octets)) ?? 1}`;
  }

  /** The row its failures are counted in; `rows` are all of its unique-id and size. */
  rowOf({ n, uniqueId, octets }: ListedMessage, rows: readonly KnownMessage[]): KnownMessage | undefined {
    const key = messageKey(uniqueId, octets);
    let placed = this.#rows.get(key);
    if (placed === undefined) {
      placed = this.#place(rows.filter(isCountedByPlace), this.#counts.get(key) ?? 0);
      this.#rows.set(key, placed);
    }
    return placed.get(this.#at.get(n) ?? 1);
  }

  /** Rows of whom nobody can say which they are: what did not come is counted anew. */
  get lost(): ReadonlySet<KnownMessage> {
    return this.#lost;
  }

  #place(rows: readonly KnownMessage[], count: number): ReadonlyMap<number, KnownMessage> {
    if (rows.every(({ keyHash }) => placeIn(keyHash).of <= count))
      return new Map(rows.map((row) => [placeIn(row.keyHash).at, row]));
    // The others came and went.
    if (rows.length === count)
      return new Map(
        rows
          .toSorted((one, other) => placeIn(one.keyHash).at - placeIn(other.keyHash).at)
          .map((row, index) => [index + 1, row]),
      );
    for (const row of rows) this.#lost.add(row);
    return new Map();
  }
}
