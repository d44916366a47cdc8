// Looking for messages: the full-text index where words are sought, else the rows from the newest down.
import type { ListOutput } from "./list.ts";
import { messageRows } from "./list-rows.ts";
import type { Statements } from "../statements.ts";
import { ownerWord } from "./entries.ts";
import type { OnServer } from "./beside.ts";
import type { Condition, SearchPlan } from "./search-query.ts";
import type { SoughtMailboxes } from "./sought-mailboxes.ts";

const countedMax = 2_000;
/** Of words that are in more messages than this, those that meet the other conditions are not counted. */
const wordedMax = 20_000;
/** The best finds are counted through from the first each time. */
const bestMax = 1_000;
/** Of a find in: owner, subject, sender, recipient, attachment, body. */
const weights = "0.0, 8.0, 4.0, 2.0, 2.0, 1.0";

export interface SearchInput {
  readonly accounts: readonly number[];
  readonly plan: SearchPlan;
  /** Where `in:` says to look. */
  readonly places: Pick<SoughtMailboxes, "conditions" | "everywhere">;
  /** Tells which messages are still on a server, when the plan asks for it. */
  readonly onServer: OnServer | "nothing" | undefined;
  readonly order: "newest" | "best";
  /** A position; of the best finds, how many were shown. */
  readonly after: number | undefined;
  readonly limit: number;
}

interface Built {
  readonly from: string;
  readonly where: readonly string[];
  readonly values: readonly (string | number)[];
  readonly byWords: boolean;
  /** Each row is looked up in a database beside the index. */
  readonly asksBeside: boolean;
  /** Of the full-text index, when there are other conditions, too. */
  readonly amongOthers: string | undefined;
}

export function searchPage(db: Statements, input: SearchInput): ListOutput {
  const built = build(db, input);
  const isBest = input.order === "best" && built.byWords;
  return isBest ? bestPage(db, built, input) : newestPage(db, built, input);
}

function newestPage(db: Statements, built: Built, { after, limit }: SearchInput): ListOutput {
  const position = built.byWords ? "w.rowid" : "e.position";
  const where = [...built.where, ...(after === undefined ? [] : [`${position} < ?`])].join(" AND ");
  const values = [...built.values, ...(after === undefined ? [] : [after])];
  const text = `SELECT e.position ${built.from} WHERE ${where} ORDER BY ${position} DESC LIMIT ?`;
  // The list of a beginning's words is made for every statement: of words alone one statement finds and counts.
  const isCounting = built.byWords && built.amongOthers === undefined && after === undefined;
  const most = isCounting ? countedMax + 1 : limit + 1;
  const positions = db.tuples<readonly [number]>(text, ...values, most).map(([at]) => at);
  const shown = positions.slice(0, limit);
  return {
    rows: messageRows(db, shown),
    next: positions.length > limit ? shown.at(-1) : undefined,
    total: after === undefined ? total(db, built, { found: positions.length, most }) : undefined,
  };
}

function bestPage(db: Statements, built: Built, { after = 0, limit }: SearchInput): ListOutput {
  const text = `SELECT e.position ${built.from} WHERE ${built.where.join(" AND ")}
    ORDER BY bm25(words, ${weights}), w.rowid DESC LIMIT ? OFFSET ?`;
  const positions = db.all<{ position: number }>(text, ...built.values, limit + 1, after).map((row) => row.position);
  const shown = positions.slice(0, limit);
  const end = after + shown.length;
  return {
    rows: messageRows(db, shown),
    next: positions.length > limit && end < bestMax ? end : undefined,
    total: after === 0 ? total(db, built, { found: positions.length, most: limit + 1 }) : undefined,
  };
}

function total(db: Statements, built: Built, o: { readonly found: number; readonly most: number }): number | undefined {
  if (o.found < o.most) return o.found;
  if (o.found > countedMax || built.asksBeside) return undefined;
  if (built.amongOthers !== undefined && isCommon(db, built.amongOthers)) return undefined;
  const text = `SELECT count(*) AS n FROM (SELECT 1 ${built.from} WHERE ${built.where.join(" AND ")} LIMIT ?)`;
  const n = db.get<{ n: number }>(text, ...built.values, countedMax + 1)?.n ?? 0;
  return n > countedMax ? undefined : n;
}

function isCommon(db: Statements, match: string): boolean {
  const text = "SELECT count(*) AS n FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)";
  return (db.get<{ n: number }>(text, match, wordedMax + 1)?.n ?? 0) > wordedMax;
}

function build(db: Statements, { accounts, plan, places, onServer }: SearchInput): Built {
  const byWords = plan.match !== undefined;
  const position = byWords ? "w.rowid" : "e.position";
  const where: string[] = [];
  const values: (string | number)[] = [];
  const add = (sql: string, ...bound: readonly (string | number)[]): void => {
    where.push(sql);
    values.push(...bound);
  };
  const match = byWords ? matchOf(db, accounts, plan) : undefined;
  if (match !== undefined) add("words MATCH ?", match);
  else if (plan.without !== undefined)
    add("e.position NOT IN (SELECT rowid FROM words WHERE words MATCH ?)", plan.without);
  if (plan.from !== undefined) add(`${position} >= ?`, plan.from);
  if (plan.below !== undefined) add(`${position} < ?`, plan.below);
  add("e.account IN (SELECT value FROM json_each(?))", JSON.stringify(accounts));
  if (!places.everywhere) add("e.mailbox NOT IN (SELECT mailbox FROM mailbox WHERE role IN ('trash', 'junk'))");
  const beside = onServer === undefined ? [] : [serverCondition(onServer, plan)];
  const others = [...plan.conditions, ...places.conditions, ...beside];
  for (const condition of others) add(condition.sql, ...condition.values);
  const rows = accounts.length === 1 ? "entry e INDEXED BY entry_account" : "entry e NOT INDEXED";
  // Thousands are counted: of words alone each is in its index, and the rows are not read.
  const worded = others.length === 0 ? "entry e INDEXED BY entry_place" : "entry e NOT INDEXED";
  return {
    from: byWords ? `FROM words w CROSS JOIN ${worded} ON e.position = w.rowid` : `FROM ${rows}`,
    where,
    values,
    byWords,
    asksBeside: onServer !== undefined,
    amongOthers: others.length === 0 ? undefined : match,
  };
}

function serverCondition(onServer: OnServer | "nothing", plan: SearchPlan): Condition {
  const { sql, values } = onServer === "nothing" ? { sql: "FALSE", values: [] } : onServer.condition;
  return { sql: plan.onServer === false ? `NOT ${sql}` : sql, values };
}

/** Words of other accounts' mail are left out where the words are, when there are other accounts. */
function matchOf(db: Statements, accounts: readonly number[], { match = "", without }: SearchPlan): string {
  const wanted = without === undefined ? `(${match})` : `((${match}) NOT (${without}))`;
  const known = new Set(accounts);
  const isAll = db.all<{ account: number }>("SELECT account FROM followed").every(({ account }) => known.has(account));
  const owners = accounts.map((account) => `"${ownerWord(account)}"`).join(" OR ");
  return isAll || owners === "" ? wanted : `(owner : (${owners})) AND ${wanted}`;
}
