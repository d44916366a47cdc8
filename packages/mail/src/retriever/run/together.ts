// Messages of one unique-id and size that only their octets tell apart. Nothing can be remembered of one before it came, and
// nothing tells later which of them was removed: so they are removed there together, when all of them are here, or stay.
import type { Decision } from "../decide/decide.ts";
import { messageKey } from "../decide/known.ts";

interface Group {
  readonly numbers: Set<number>;
  readonly missing: Set<number>;
}

export class Together {
  /** By message-number. */
  readonly #groups = new Map<number, Group>();

  /** `wanted`: all that are to be fetched, in this session or later. */
  constructor(wanted: readonly Decision[]) {
    const groups = new Map<string, Group>();
    for (const one of wanted.filter(isToldByOctets)) {
      const group = groups.get(groupOf(one)) ?? { numbers: new Set(), missing: new Set() };
      group.numbers.add(one.n);
      group.missing.add(one.n);
      groups.set(groupOf(one), group);
      this.#groups.set(one.n, group);
    }
  }

  /** Only its octets tell it from others. */
  has(n: number): boolean {
    return this.#groups.has(n);
  }

  /** It came. Answers how many more may be removed now. */
  came(n: number): number {
    const group = this.#groups.get(n);
    if (group === undefined) return 1;
    return group.missing.delete(n) && group.missing.size === 0 ? group.numbers.size : 0;
  }

  /** It was not kept. Answers how many fewer may be removed. */
  failed(n: number): number {
    const group = this.#groups.get(n);
    if (group === undefined) return 1;
    const fewer = group.missing.size === 0 ? group.numbers.size : 0;
    group.missing.add(n);
    return fewer;
  }

  /** It may be removed as far as others like it are concerned. */
  isWhole(n: number): boolean {
    return (this.#groups.get(n)?.missing.size ?? 0) === 0;
  }
}

export function isToldByOctets({ occurrence }: Decision): boolean {
  return occurrence === undefined;
}

/** Of those that are told by their octets. */
export function groupOf({ uniqueId, octets }: Decision): string {
  return messageKey(uniqueId, octets);
}
