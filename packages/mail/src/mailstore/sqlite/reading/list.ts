// A page of a list: ranges of an index, one a mailbox or account, merged from the newest down. A range is read some rows at
// a time, so that a page costs about what it shows, however many accounts are in it.
import type { MailAddress } from "../../../message/index.ts";
import type { IndexedMessage, ListRow } from "../../reading-index.ts";
import type { Statements } from "../statements.ts";
import { addressesOf, rowsAt } from "./rows.ts";

/** Messages of one row that are named. */
const messageIdsMax = 100;
/** Messages of a page's conversations that are read in one go, for each of its rows. */
const membersPerRow = 20;
const sendersMax = 5;
/** Longer lists are not counted. */
const countedMax = 2_000;
const chunkMin = 8;

export interface ListInput {
  readonly accounts: readonly number[];
  readonly mailbox: string | undefined;
  readonly role: string | undefined;
  readonly starred: boolean;
  readonly unread: boolean;
  readonly source: string | undefined;
  readonly view: "conversations" | "messages";
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

/** One range of an index: every row of it is in the list. */
export interface Range {
  readonly account: number;
  /** The one mailbox it is of; undefined when it is of an account's. */
  readonly mailbox: number | undefined;
  readonly index: string;
  /** What rows of `e` are in the range; the first names the index's first column. */
  readonly conditions: readonly string[];
  readonly values: readonly (number | string)[];
  /** The index holds one row a conversation already. */
  readonly leads: boolean;
}

interface Place {
  readonly position: number;
  readonly account: number;
  readonly conversation: number;
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
    rows: input.view === "conversations" ? conversationRows(db, input, found) : messageRows(db, found.map(positionOf)),
    next: isMore ? found.at(-1)?.place.position : undefined,
    total: totalOf(db, input, ranges),
  };
}

/** A place, and the range it was found in. */
interface Found {
  readonly place: Place;
  readonly range: Range;
}

function positionOf({ place }: Found): number {
  return place.position;
}

/** Rows of one message each, in the order of `positions`. */
export function messageRows(db: Statements, positions: readonly number[]): readonly ListRow[] {
  const messages = rowsAt(db, positions);
  return positions.flatMap((position) => {
    const newest = messages.get(position);
    return newest === undefined ? [] : [messageRow(newest)];
  });
}

function messageRow(newest: IndexedMessage): ListRow {
  return {
    newest,
    messageIds: [newest.messageId],
    count: 1,
    senders: newest.from.slice(0, sendersMax),
    isUnread: !newest.keywords.includes("$seen"),
    isStarred: newest.keywords.includes("$flagged"),
    attachments: newest.attachments,
  };
}

interface MailboxRow {
  readonly mailbox: number;
  readonly name: string;
  readonly role: string | null;
}

/** The ranges a list is made of; exported for a test that looks at plans. */
export function rangesOf(db: Statements, input: ListInput): readonly Range[] {
  return input.accounts.flatMap((account) => {
    const mailboxes = db.all<MailboxRow>(
      "SELECT mailbox, name, role FROM mailbox INDEXED BY mailbox_account WHERE account = ?",
      account,
    );
    if (input.mailbox === undefined && input.role === undefined) return [accountRange(input, account, mailboxes)];
    return mailboxes
      .filter(({ name, role }) => (input.mailbox === undefined ? role === input.role : name === input.mailbox))
      .map(({ mailbox }) => mailboxRange(input, account, mailbox));
  });
}

function mailboxRange(input: ListInput, account: number, mailbox: number): Range {
  const { unread, starred, source, view } = input;
  const isPlain = !unread && !starred && source === undefined;
  const leads = isPlain && view === "conversations";
  const index = leads ? "entry_leads" : unread ? "entry_unread" : "entry_mailbox";
  return {
    account,
    mailbox,
    index,
    conditions: [
      "e.mailbox = ?",
      ...(leads ? ["e.leads = 1"] : []),
      ...(unread ? ["e.unread = 1"] : []),
      ...(starred ? ["e.starred = 1"] : []),
      ...(source === undefined ? [] : ["e.source = ?"]),
    ],
    values: [mailbox, ...(source === undefined ? [] : [source])],
    leads,
  };
}

/** All mail of an account but what was thrown away. */
function accountRange(input: ListInput, account: number, mailboxes: readonly MailboxRow[]): Range {
  const { unread, starred, source } = input;
  const thrownAway = mailboxes.filter(({ role }) => role === "trash" || role === "junk").map(({ mailbox }) => mailbox);
  const index = starred ? "entry_starred" : source === undefined ? "entry_account" : "entry_source";
  return {
    account,
    mailbox: undefined,
    index,
    conditions: [
      "e.account = ?",
      ...(starred ? ["e.starred = 1"] : []),
      ...(source === undefined ? [] : ["e.source = ?"]),
      ...(unread ? ["e.unread = 1"] : []),
      // By number: a list that is asked for is made anew for every row that is looked at.
      ...(thrownAway.length === 0 ? [] : [`e.mailbox NOT IN (${thrownAway.map(() => "?").join(", ")})`]),
    ],
    values: [account, ...(source === undefined ? [] : [source]), ...thrownAway],
    leads: false,
  };
}

/** The statement that walks a range from a position down; exported for a test that looks at its plan. */
export function rangeStatement(range: Range, grouped: boolean): string {
  const conditions = [...range.conditions, "e.position < ?"];
  if (grouped && !range.leads) conditions.push(`NOT EXISTS (${newerOfConversation(range)})`);
  return `SELECT e.position, e.account, e.conversation FROM entry e INDEXED BY ${range.index}
    WHERE ${conditions.join(" AND ")} ORDER BY e.position DESC LIMIT ?`;
}

/** A newer message of the same conversation that is in the list, too. */
function newerOfConversation(range: Range): string {
  const same = range.conditions.map((condition) => condition.replaceAll("e.", "n."));
  return `SELECT 1 FROM entry n INDEXED BY entry_conversation
    WHERE n.account = e.account AND n.conversation = e.conversation AND n.position > e.position AND ${same.join(" AND ")}`;
}

class RangeReader {
  readonly range: Range;
  readonly #db: Statements;
  readonly #text: string;
  readonly #values: readonly (number | string)[];
  readonly #chunk: number;
  #before: number;
  #read: Place[] = [];
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
  peek(): Place | undefined {
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
    this.#read = rows.map(([position, account, conversation]) => ({ position, account, conversation })).toReversed();
  }
}

function* merged(readers: readonly RangeReader[]): Generator<Found> {
  for (;;) {
    let first: RangeReader | undefined;
    for (const reader of readers) {
      const place = reader.peek();
      if (place !== undefined && place.position > (first?.peek()?.position ?? -1)) first = reader;
    }
    const place = first?.peek();
    if (first === undefined || place === undefined) return;
    first.take();
    yield { place, range: first.range };
  }
}

/** Position, message-id, senders as JSON, unread, starred, attachments. */
type Member = readonly [number, number, string, number, number, number];

const memberColumns = "e.position, e.message_id, e.sender, e.unread, e.starred, e.attachments";

/** Rows of conversations: of each, what is in the list. */
function conversationRows(db: Statements, input: ListInput, found: readonly Found[]): readonly ListRow[] {
  const messages = rowsAt(db, found.map(positionOf));
  const members = membersOfAll(db, input, found);
  return found.flatMap((one, at) => {
    const newest = messages.get(one.place.position);
    if (newest === undefined) return [];
    const all = members?.get(at)?.toSorted(([a], [b]) => b - a);
    return [all === undefined ? longRow(db, one, newest) : conversationRow(newest, all, all.length)];
  });
}

/**
 * The members of each, by its place in `found`: one statement costs a fraction of a hundred. Undefined when that would be too
 * many, as it is of mail that machines write to themselves.
 */
function membersOfAll(
  db: Statements,
  { source, unread, starred }: ListInput,
  found: readonly Found[],
): ReadonlyMap<number, readonly Member[]> | undefined {
  const isOfMailbox = found[0]?.range.mailbox !== undefined;
  const conditions = [
    "e.account = c.value ->> 0",
    "e.conversation = c.value ->> 1",
    isOfMailbox
      ? "e.mailbox = c.value ->> 2"
      : "e.mailbox NOT IN (SELECT mailbox FROM mailbox WHERE role IN ('trash', 'junk'))",
    ...(unread ? ["e.unread = 1"] : []),
    ...(starred ? ["e.starred = 1"] : []),
    ...(source === undefined ? [] : ["e.source = ?"]),
  ];
  const max = membersPerRow * found.length;
  const rows = db.tuples<readonly [number, ...Member]>(
    `SELECT c.key, ${memberColumns} FROM json_each(?) c CROSS JOIN entry e INDEXED BY entry_conversation
      WHERE ${conditions.join(" AND ")} LIMIT ?`,
    JSON.stringify(found.map(({ place, range }) => [place.account, place.conversation, range.mailbox ?? null])),
    ...(source === undefined ? [] : [source]),
    max + 1,
  );
  if (rows.length > max) return undefined;
  const members = new Map<number, Member[]>();
  for (const [at, ...member] of rows) {
    const known = members.get(at);
    if (known === undefined) members.set(at, [member]);
    else known.push(member);
  }
  return members;
}

/** A row of a conversation that may be a long one: its newest messages, and how many there are. */
function longRow(db: Statements, { place, range }: Found, newest: IndexedMessage): ListRow {
  const conditions = range.conditions.filter((condition) => condition !== "e.leads = 1").join(" AND ");
  const members = `FROM entry e INDEXED BY entry_conversation WHERE ${conditions} AND e.account = ? AND e.conversation = ?`;
  const values = [...range.values, place.account, place.conversation];
  const rows = db.tuples<Member>(
    `SELECT ${memberColumns} ${members} ORDER BY e.position DESC LIMIT ?`,
    ...values,
    messageIdsMax,
  );
  const isAll = rows.length < messageIdsMax;
  const count = isAll ? rows.length : (db.get<{ n: number }>(`SELECT count(*) AS n ${members}`, ...values)?.n ?? 0);
  return conversationRow(newest, rows, count);
}

/** `members` from the newest down; of those beyond the named ones only their number is told. */
function conversationRow(newest: IndexedMessage, members: readonly Member[], count: number): ListRow {
  const rows = members.slice(0, messageIdsMax);
  return {
    newest,
    messageIds: rows.map(([, messageId]) => messageId),
    count,
    senders: sendersOf(rows),
    isUnread: rows.some(([, , , unread]) => unread === 1),
    isStarred: rows.some(([, , , , starred]) => starred === 1),
    attachments: rows.reduce((sum, [, , , , , attachments]) => sum + attachments, 0),
  };
}

/** Those who wrote last, the oldest of them first. */
function sendersOf(rows: readonly Member[]): readonly MailAddress[] {
  const byAddress = new Map<string, MailAddress>();
  // Whoever wrote once more is in there already.
  for (const sender of new Set(rows.map(([, , written]) => written))) {
    for (const address of addressesOf(sender)) {
      const folded = (address.address || address.name).toLowerCase();
      if (!byAddress.has(folded)) byAddress.set(folded, address);
    }
    if (byAddress.size >= sendersMax) break;
  }
  return [...byAddress.values()].slice(0, sendersMax).toReversed();
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
  const find = `SELECT ifnull(sum(t.starred), 0) AS n FROM mailbox b INDEXED BY mailbox_account
    CROSS JOIN tally t ON t.mailbox = b.mailbox WHERE b.account = ? AND (b.role IS NULL OR b.role NOT IN ('trash', 'junk'))`;
  return accounts.reduce((sum, account) => sum + (db.get<{ n: number }>(find, account)?.n ?? 0), 0);
}
