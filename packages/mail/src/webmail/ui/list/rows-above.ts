// What it is that rows are above those in sight: mail that arrived is news, a row that comes back is not.
import { addedAbove, type KeyedRow } from "./rows.ts";

export interface Above {
  /** By how many places the first row in sight moved down; negative when rows above it went. */
  readonly moved: number;
  /** How many of the rows above it hold mail that arrived. */
  readonly arrived: number;
  /** The first row above it that was in a list here, left it and is back; -1 when none is. */
  readonly back: number;
}

/** What lists have shown so far, by which news are told from what was there before. */
export class RowsAbove {
  /** Of each account the newest message that was in a list: what arrives later has a higher number. */
  readonly #newest = new Map<string, number>();
  readonly #left = new Set<string>();

  /** One list before and after a change of it. */
  change(before: readonly KeyedRow[], after: readonly KeyedRow[], firstInSight: number): Above {
    this.#note(before);
    const moved = addedAbove(before, after, firstInSight);
    const above = after.slice(0, Math.max(0, firstInSight + moved));
    const isNews = ({ row }: KeyedRow): boolean => row.messageId > (this.#newest.get(row.account) ?? 0);
    const arrived = above.filter(isNews).length;
    const was = new Set(before.map(({ key }) => key));
    const back = above.findIndex((one) => this.#left.has(one.key) && !was.has(one.key) && !isNews(one));
    const present = new Set(after.map(({ key }) => key));
    for (const key of was) if (!present.has(key)) this.#left.add(key);
    for (const key of present) this.#left.delete(key);
    this.#note(after);
    return { moved, arrived, back };
  }

  /** `last` is what the list showed that is left for another one: it is no news there, and nothing comes back to that. */
  goTo(last: readonly KeyedRow[]): void {
    this.#note(last);
    this.#left.clear();
  }

  #note(rows: readonly KeyedRow[]): void {
    for (const { row } of rows)
      if (row.messageId > (this.#newest.get(row.account) ?? 0)) this.#newest.set(row.account, row.messageId);
  }
}
