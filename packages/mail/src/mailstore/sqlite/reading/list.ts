// A page of a list: ranges of an index, one a mailbox or account, merged from the newest down. A range is read some rows at
// a time, so that a page costs about what it shows, however many accounts are in it.
import type { ListRow } from "../../reading-index.ts";
import type { Statements } from "../statements.ts";
import { conversationRows, messageRows, type Found } from "./list-rows.ts";
import { rangesOf, rangeStatement, type ListedMail, type Range } from "./ranges.ts";

/** Longer lists are not counted. */
const countedMax = 2_000;
const chunkMin = 8;

export interface ListInput extends ListedMail {
  /** Position of the last row that was shown. */
  readonly before: number | undefined;
  readonly limit: number;
}

export interface ListOutput {
  readonly rows: readonly ListRow[];
  /** Position to go on from; undefined at the end. */
  readonly next: number | undefined;
  readonly total: number | undefined;
}

export function listPage(db: Statements, input: ListInput): ListOutput {
  const ranges = rangesOf(db, input);
  const found: Found[] = [];
  let isMore = false;
  for (const one of merged(ranges.map((range) => new RangeReader(db, range, { ...input, ranges: ranges.length })))) {
    isMore = found.length === input.limit;
    if (isMore) break;
    found.push(one);
  }
  return {
    rows:
      input.view === "conversations"
        ? conversationRows(db, found)
        : messageRows(
            db,
            found.map(({ position }) => position),
          ),
    next: isMore ? found.at(-1)?.position : undefined,
    total: totalOf(db, input, ranges),
  };
}

/** Goes down one range, some rows at a time. */
class RangeReader {
  readonly range: Range;
  readonly #db: Statements;
  readonly #text: string;
  readonly #values: readonly (number | string)[];
  readonly #chunk: number;
  #before: number;
  #read: Found[] = [];
  #ended = false;

  constructor(
    db: Statements,
    range: Range,
    o: Pick<ListInput, "view" | "before" | "limit"> & { readonly ranges: number },
  ) {
    const grouped = o.view === "conversations";
    this.range = range;
    this.#db = db;
    this.#text = rangeStatement(range, grouped);
    this.#values = grouped && !range.leads ? range.values : [];
    this.#chunk = Math.max(chunkMin, Math.ceil((2 * o.limit) / o.ranges));
    this.#before = o.before ?? Number.MAX_SAFE_INTEGER;
  }

  /** The newest row that was not taken yet. */
  peek(): Found | undefined {
    if (this.#read.length === 0 && !this.#ended) this.#readMore();
    return this.#read.at(-1);
  }

  take(): void {
    this.#read.pop();
  }

  #readMore(): void {
    const values = [...this.range.values, this.#before, ...this.#values, this.#chunk];
    const rows = this.#db.tuples<readonly [number, number, number]>(this.#text, ...values);
    this.#ended = rows.length < this.#chunk;
    this.#before = rows.at(-1)?.[0] ?? this.#before;
    const { range } = this;
    this.#read = rows
      .map(([position, account, conversation]) => ({ position, account, conversation, range }))
      .toReversed();
  }
}

/** Of all ranges the newest first. */
function* merged(readers: readonly RangeReader[]): Generator<Found> {
  for (;;) {
    let first: RangeReader | undefined;
    let newest: Found | undefined;
    for (const reader of readers) {
      const found = reader.peek();
      if (found !== undefined && found.position > (newest?.position ?? -1)) [first, newest] = [reader, found];
    }
    if (first === undefined || newest === undefined) return;
    first.take();
    yield newest;
  }
}

function totalOf(db: Statements, input: ListInput, ranges: readonly Range[]): number | undefined {
  const tallied = talliedAs(input);
  if (tallied !== undefined) return ranges.reduce((sum, range) => sum + tally(db, range, tallied), 0);
  if (input.before !== undefined) return undefined;
  let total = 0;
  let left = countedMax;
  for (const range of ranges) {
    const { rows, n } = countRange(db, range, { view: input.view, rowsMax: left });
    total += n;
    left -= rows;
    if (left < 0) return undefined;
  }
  return total;
}

/** The column that has the length of the list, when it is counted. */
function talliedAs({ mailbox, role, starred, unread, source, view }: ListInput): string | undefined {
  if ((mailbox === undefined && role === undefined) || source !== undefined || starred) return undefined;
  if (view === "messages") return unread ? "unread" : "messages";
  return unread ? undefined : "conversations";
}

function tally(db: Statements, range: Range, column: string): number {
  const find = `SELECT ${column} AS n FROM tally WHERE mailbox = ?`;
  return db.get<{ n: number }>(find, range.values[0] as number)?.n ?? 0;
}

/** Rows of a range, one more than `rowsMax` when there are more, and what they are of the list. */
function countRange(
  db: Statements,
  range: Range,
  { view, rowsMax }: { readonly view: ListInput["view"]; readonly rowsMax: number },
): { readonly rows: number; readonly n: number } {
  const some = `SELECT e.account, e.conversation FROM entry e INDEXED BY ${range.index}
    WHERE ${range.conditions.join(" AND ")} LIMIT ?`;
  const counted = view === "messages" ? "count(*)" : "count(DISTINCT conversation)";
  const find = `SELECT count(*) AS rows, ${counted} AS n FROM (${some})`;
  return db.get<{ rows: number; n: number }>(find, ...range.values, rowsMax + 1) ?? { rows: 0, n: 0 };
}

/** Starred messages, thrown away ones not counted. */
export function countStarred(db: Statements, accounts: readonly number[]): number {
  const find = `${tallied("starred")} AND (b.role IS NULL OR b.role NOT IN ('trash', 'junk'))`;
  return sumOf(db, accounts, find);
}

/** Messages that have a row. */
export function countIndexed(db: Statements, accounts: readonly number[]): number {
  return sumOf(db, accounts, tallied("messages"));
}

function tallied(column: "starred" | "messages"): string {
  return `SELECT ifnull(sum(t.${column}), 0) AS n FROM mailbox b INDEXED BY mailbox_account
    CROSS JOIN tally t ON t.mailbox = b.mailbox WHERE b.account = ?`;
}

function sumOf(db: Statements, accounts: readonly number[], find: string): number {
  return accounts.reduce((sum, account) => sum + (db.get<{ n: number }>(find, account)?.n ?? 0), 0);
}
