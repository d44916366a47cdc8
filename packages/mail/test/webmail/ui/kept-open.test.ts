// Where the row of what is open is kept in a list of what is unread, as what, and when it is not.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Card, Row, WholeRow } from "../../../src/webmail/api/schema/index.ts";
import { type ListKept, losesRead, withKept } from "../../../src/webmail/ui/list/kept-open.ts";
import type { KeyedRow } from "../../../src/webmail/ui/list/rows.ts";
import type { ListOf } from "../../../src/webmail/ui/place/place.ts";
import { aCard, aRow } from "./samples.ts";

const INBOX: ListOf = { kind: "role", role: "inbox" };
const BOATS: ListOf = { kind: "mailbox", mailbox: "Boats" };
const ALL: ListOf = { kind: "all" };

type Term = ListKept["terms"][number];
const term = (operator: Term["operator"], value: string, isNegated = false): Term => ({ operator, value, isNegated });
const SEARCH: ListOf = { kind: "search", q: "", order: "newest" };

const row = (messageId: number, like: Partial<Row> = {}): KeyedRow => ({
  key: `1.c${messageId}`,
  row: aRow({
    messageId,
    messageIds: [messageId],
    conversation: messageId,
    date: messageId,
    mailbox: "INBOX",
    ...like,
  }),
});
const card = (messageId: number, like: Partial<Card> = {}): Card => aCard({ messageId, ...like });

interface Kept {
  /** The rows there were, by number; the one that is open is 5. */
  readonly before?: readonly number[];
  /** The rows there are, or whole ones. */
  readonly now?: readonly (number | KeyedRow)[];
  readonly open?: Partial<Row>;
  readonly list?: ListOf;
  readonly terms?: readonly Term[];
  readonly messages?: readonly Card[] | undefined;
}

function kept(o: Kept): readonly KeyedRow[] {
  const { before = [9, 5, 1], now = [9, 1], open = {}, list = INBOX, terms = [] } = o;
  const rows = before.map((id) => row(id, id === 5 ? open : {}));
  const messages = "messages" in o ? o.messages : [card(5)];
  return withKept(
    now.map((one) => (typeof one === "number" ? row(one) : one)),
    { rows, at: before.indexOf(5) },
    { of: { list, terms: [...terms], isUnreadOnly: true }, messages },
  );
}

const numbers = (o: Kept): readonly number[] => kept(o).map(({ row: { messageId } }) => messageId);
const keptRow = (o: Kept): Row | undefined => kept(o).find(({ key }) => key === "1.c5")?.row;

test("the row stays behind the nearest that stood above it", () => {
  assert.deepEqual(numbers({}), [9, 5, 1]);
  assert.deepEqual(numbers({ now: [12, 9, 1] }), [12, 9, 5, 1]);
  assert.deepEqual(numbers({ before: [9, 7, 5, 1], now: [9, 1] }), [9, 5, 1]);
  assert.deepEqual(numbers({ before: [9, 7, 5], now: [12, 9, 7] }), [12, 9, 7, 5], "at the end of what is loaded, too");
});

test("where none of those is left it stands before the nearest that stood below, or where its date is", () => {
  assert.deepEqual(numbers({ before: [5, 3, 1], now: [12, 1] }), [12, 5, 1]);
  assert.deepEqual(numbers({ before: [5], now: [12, 3] }), [12, 5, 3]);
  assert.deepEqual(numbers({ before: [5], now: [12] }), [12, 5]);
  assert.deepEqual(numbers({ before: [5], now: [] }), [5]);
});

test("a neighbour that an answer has taken to the top takes it nowhere", () => {
  const answered = { ...row(7), row: row(20).row };
  assert.deepEqual(numbers({ before: [9, 7, 5, 1], now: [answered, 9, 1] }), [20, 9, 5, 1]);
});

test("a row that is there without the message that is open is there once", () => {
  const other = { ...row(5), row: row(4).row };
  assert.deepEqual(numbers({ now: [9, other, 1] }), [9, 4, 1]);
});

test("it has what its messages have by now", () => {
  const messages = [card(5, { isStarred: true, labels: ["work"] }), card(4), card(3, { isStarred: true })];
  const open = { messageIds: [5, 4], count: 2, isUnread: true };
  assert.deepEqual(keptRow({ open, messages }), {
    ...row(5, open).row,
    isUnread: false,
    isStarred: true,
    labels: ["work"],
  });
});

test("while nobody knows its messages it is what it was", () => {
  assert.deepEqual(keptRow({ messages: undefined, open: { isStarred: true } }), row(5, { isStarred: true }).row);
});

test("it stands for no message that was moved meanwhile, and for none it never stood for", () => {
  const open = { messageIds: [5, 4], count: 2 };
  const older = keptRow({ open, messages: [card(5, { role: "archive" }), card(4), card(3)] });
  assert.deepEqual([older?.messageId, older?.messageIds, older?.count], [4, [4], 1]);
  const newer = keptRow({ open, messages: [card(5), card(4, { role: "trash" })] });
  assert.deepEqual([newer?.messageId, newer?.messageIds, newer?.count], [5, [5], 1]);
});

const GONE: readonly (readonly [string, Kept])[] = [
  ["deleted", { messages: [] }],
  ["archived, the inbox listed", { messages: [card(5, { role: "archive", mailbox: "Archive" })] }],
  // As an act has it that the server was not told of yet.
  ["being archived, the inbox listed", { messages: [card(5, { role: "archive" })] }],
  ["moved from the mailbox that is listed", { list: BOATS, messages: [card(5, { mailbox: "Cars", role: null })] }],
  [
    "being thrown away from it",
    { list: BOATS, open: { role: null }, messages: [card(5, { mailbox: "Boats", role: "trash" })] },
  ],
  ["thrown away, all mail listed", { list: ALL, messages: [card(5, { role: "trash" })] }],
  [
    "archived, the inbox searched",
    { list: SEARCH, terms: [term("in", "inbox")], messages: [card(5, { role: "archive", mailbox: "Archive" })] },
  ],
];

for (const [what, o] of GONE)
  test(`a message that is ${what} has no row there`, () => {
    assert.deepEqual(numbers(o), [9, 1]);
  });

test("in all mail it stays when it is archived, and is where it is by now", () => {
  const archived = { mailbox: "Archive", role: "archive" } as const;
  for (const list of [ALL, SEARCH])
    assert.deepEqual(keptRow({ list, messages: [card(5, archived)] }), row(5, archived).row);
});

test("a row that names its messages by what they are not any more is not kept", () => {
  const whole: WholeRow = { account: "1", conversation: 5, upTo: 5, count: 105, role: "inbox", unread: "1" };
  assert.deepEqual(numbers({ open: { whole, count: 105 } }), [9, 1]);
});

const UNREAD = term("is", "unread");
const LOSES: readonly (readonly [string, readonly Term[], boolean])[] = [
  ["is:unread", [UNREAD], true],
  ["tea is:Unread from:ada", [term(null, "tea"), term("is", "Unread"), term("from", "ada")], true],
  ["-is:read", [term("is", "read", true)], true],
  ["-is:unread", [term("is", "unread", true)], false],
  ["is:read", [term("is", "read")], false],
  ["unread", [term(null, "unread")], false],
  // A star or a copy on the server that goes takes it out, too.
  ["is:unread is:starred", [UNREAD, term("is", "starred")], false],
  ["is:unread -is:unstarred", [UNREAD, term("is", "unstarred", true)], false],
  ["is:unread on:server", [UNREAD, term("on", "server")], false],
];

for (const [q, terms, isSo] of LOSES)
  test(`a search for "${q}" ${isSo ? "keeps" : "does not keep"} what became read`, () => {
    assert.equal(losesRead({ list: SEARCH, isUnreadOnly: false, terms: [...terms] }), isSo);
  });

test("of other lists only those of what is unread keep it, and that of what is starred does not", () => {
  const losing = (list: ListOf, isUnreadOnly: boolean): boolean => losesRead({ list, isUnreadOnly, terms: [] });
  assert.deepEqual(
    [losing(INBOX, true), losing(INBOX, false), losing({ kind: "starred" }, true), losing(BOATS, true)],
    [true, false, false, true],
  );
});
