import assert from "node:assert/strict";
import { test } from "node:test";
import type { SearchProblem } from "../../../src/webmail/api/schema/index.ts";
import type { ListQuestion } from "../../../src/webmail/ui/data/list-question.ts";
import { rowName } from "../../../src/webmail/ui/list/row-name.ts";
import {
  addedAbove,
  isOpenIn,
  keyedRows,
  openedBy,
  originName,
  rowsBehind,
} from "../../../src/webmail/ui/list/rows.ts";
import { RowsAbove } from "../../../src/webmail/ui/list/rows-above.ts";
import { everything, extended, NOTHING_SELECTED, pruned, toggled } from "../../../src/webmail/ui/list/selection.ts";
import { problemText, queryWithout, type Term } from "../../../src/webmail/ui/search/terms.ts";
import { wordsIn } from "../../../src/webmail/ui/words/words.ts";
import { aRow } from "./samples.ts";

const INBOX: ListQuestion = {
  scope: "all",
  list: { kind: "role", role: "inbox" },
  view: "conversations",
  isUnreadOnly: false,
};
const keyed = (...conversations: readonly number[]) =>
  keyedRows([{ rows: conversations.map((conversation) => aRow({ conversation })) }], INBOX);

test("what a list that is loaded on has behind its rows is told from what arrives and from what moves", () => {
  type Ids = readonly (readonly [conversation: number, messageId: number])[];
  const rows = (...ids: Ids) =>
    keyedRows(
      [{ rows: ids.map(([conversation, messageId]) => aRow({ conversation, messageId, messageIds: [messageId] })) }],
      INBOX,
    );
  const before = rows([1, 30], [2, 20]);
  const keysBehind = (...after: Ids) => rowsBehind(before, rows(...after)).map(({ key }) => key);
  assert.deepEqual(keysBehind([9, 40], [1, 30], [2, 20], [3, 10]), ["1.c3"]);
  // The last of them got an answer; the first of those behind it got one.
  assert.deepEqual(keysBehind([2, 41], [9, 40], [1, 30], [3, 10], [4, 5]), ["1.c3", "1.c4"]);
  assert.deepEqual(keysBehind([3, 41], [1, 30], [2, 20], [4, 5]), ["1.c4"]);
  // The newest message of the last was deleted.
  assert.deepEqual(keysBehind([1, 30], [3, 10], [4, 5], [2, 4]), ["1.c3", "1.c4", "1.c2"]);
});

test("a row that two pages hold is listed once", () => {
  const pages = [
    { rows: [aRow({ conversation: 1 }), aRow({ conversation: 2 })] },
    { rows: [aRow({ conversation: 2 })] },
  ];
  assert.deepEqual(
    keyedRows(pages, INBOX).map(({ key }) => key),
    ["1.c1", "1.c2"],
  );
});

test("rows in sight move down by as many as came in above them", () => {
  assert.equal(addedAbove(keyed(1, 2, 3, 4), keyed(8, 9, 1, 2, 3, 4), 1), 2);
  assert.equal(addedAbove(keyed(1, 2, 3, 4), keyed(2, 3, 4), 2), -1);
});

test("a row that comes back above those in sight is no news, and what arrived in it is", () => {
  const one = (conversation: number, messageId: number) =>
    keyedRows([{ rows: [aRow({ conversation, messageId, messageIds: [messageId] })] }], INBOX);
  const [archived, other, third] = [one(1, 30), one(2, 20), one(3, 31)];
  const known = new RowsAbove();
  known.change([...archived, ...other], other, 0);
  assert.deepEqual(known.change(other, [...archived, ...other], 0), { moved: 1, arrived: 0, back: 0 });
  known.change([...archived, ...other], other, 0);
  assert.deepEqual(known.change(other, [...third, ...other], 0), { moved: 1, arrived: 1, back: -1 });
  assert.deepEqual(known.change([...third, ...other], [...one(1, 32), ...third, ...other], 0), {
    moved: 1,
    arrived: 1,
    back: -1,
  });
});

test("a row comes back to the list it left, and only when it was not there", () => {
  const [archived, inbox, archive, older] = [keyed(1), keyed(2, 3), keyed(1, 4, 5, 6), keyed(7, 8)];
  const known = new RowsAbove();
  known.change([...archived, ...inbox], inbox, 0);
  known.goTo(inbox);
  // The next page of the archive, in which it was all along.
  assert.equal(known.change(archive, [...archive, ...older], 3).back, -1);
  const other = new RowsAbove();
  other.change([...archived, ...inbox], inbox, 0);
  other.goTo(inbox);
  assert.equal(other.change(archive.slice(1), archive, 2).back, -1);
  other.change(archive, archive.slice(1), 2);
  assert.equal(other.change(archive.slice(1), archive, 2).back, 0);
});

test("a row that leaves from sight lets those below close up, and moves nothing else", () => {
  assert.equal(addedAbove(keyed(1, 2, 3, 4), keyed(1, 2, 4), 2), 0);
});

test("a row in sight that goes to the top moves no other", () => {
  const answered = keyedRows([{ rows: [aRow({ conversation: 3, messageId: 20, messageIds: [9, 20] })] }], INBOX);
  assert.equal(addedAbove(keyed(1, 2, 3, 4, 5), [...answered, ...keyed(1, 2, 4, 5)], 2), 0);
  assert.equal(addedAbove(keyed(1, 2, 3, 4, 5), [...keyed(8), ...answered, ...keyed(1, 2, 4, 5)], 2), 1);
  // It was the last that is known here: there is nothing to hold on to.
  assert.equal(addedAbove(keyed(1, 2, 3), [...answered, ...keyed(1, 2)], 2), 0);
});

test("a found message is opened in its conversation, and known there by its row", () => {
  const row = aRow({ conversation: 4, messageId: 9, messageIds: [9] });
  const search: ListQuestion = { ...INBOX, list: { kind: "search", q: "x", order: "newest" }, view: "messages" };
  const opened = openedBy(row, search, true);
  assert.deepEqual(opened, { account: "1", kind: "conversation", id: 4, at: 9 });
  assert.equal(isOpenIn(opened, row), true);
  assert.equal(isOpenIn(opened, aRow({ conversation: 4, messageId: 7, messageIds: [7] })), false);
  assert.equal(openedBy(row, search, false).kind, "message");
});

test("Shift chooses from where one began, in either direction", () => {
  const order = ["a", "b", "c", "d", "e"];
  const begun = toggled(NOTHING_SELECTED, "c");
  assert.deepEqual([...extended(begun, "e", order).keys], ["c", "d", "e"]);
  assert.deepEqual([...extended(begun, "a", order).keys].toSorted(), ["a", "b", "c"]);
});

test("a row that is chosen no more begins nothing when no other is left", () => {
  const order = ["a", "b", "c", "d", "e"];
  const nothing = toggled(toggled(NOTHING_SELECTED, "a"), "a");
  assert.deepEqual([...extended(nothing, "d", order).keys], ["d"]);
});

test("what leaves the list is chosen no more", () => {
  assert.deepEqual([...pruned(everything(["a", "b"]), ["b", "c"]).keys], ["b"]);
});

test("a row is named by all that is seen of it", () => {
  const row = aRow({
    isUnread: true,
    isStarred: true,
    attachments: 1,
    count: 2,
    date: new Date(2026, 0, 2, 14, 20).getTime(),
  });
  const now = new Date(2026, 0, 2, 18).getTime();
  assert.equal(
    rowName(wordsIn("en", ["en-GB"]), row, { now, origin: "demo", labels: ["Boats", "Urgent"] }),
    "Unread, Starred, Mina, 2 messages, Tables, 14:20, Boats, Urgent, 1 attachment, to demo",
  );
});

test("what the small pictures of a row say is in its name, too", () => {
  const day = 86_400_000;
  const now = new Date(2026, 0, 2, 18).getTime();
  const words = wordsIn("en", ["en-GB"]);
  const named = (of: Partial<Parameters<typeof aRow>[0]>): string =>
    rowName(words, aRow({ date: now, ...of }), { now, origin: "demo", labels: [] });
  const onServer = { source: "work", whole: null };
  const goes = (days: number) => named({ server: { ...onServer, state: "to-be-removed", removeAt: now + days * day } });
  assert.equal(named({ role: "junk" }), "Junk, Mina, Tables, 18:00, to demo");
  assert.equal(named({ isUnreadable: true }), "Mina, Tables, 18:00, Could not be read, to demo");
  assert.match(
    named({ server: { ...onServer, state: "headers-only", removeAt: null } }),
    /Only the header was collected/,
  );
  assert.match(goes(2), /Soon removed from the server/);
  assert.doesNotMatch(goes(4), /Soon/);
});

test("mail that was delivered here came to its account, collected mail from its source", () => {
  const names = new Map([["1", "demo"]]);
  assert.equal(originName(aRow({ origin: { kind: "delivered", name: "" } }), names), "demo");
  assert.equal(originName(aRow({ origin: { kind: "source", name: "work" } }), names), "work");
});

test("a query without one of its terms keeps the others as they were understood", () => {
  const terms: readonly Term[] = [
    { operator: "from", value: "mina", isNegated: false },
    { operator: null, value: "two words", isNegated: false },
    { operator: "has", value: "attachment", isNegated: true },
  ] as const;
  assert.equal(queryWithout(terms, 0), '"two words" -has:attachment');
  assert.equal(queryWithout(terms, 2), 'from:mina "two words"');
});

test("what was not understood of a query is said in the reader's words, with what was typed", () => {
  const english = wordsIn("en", ["en-GB"]);
  const pseudo = wordsIn("pseudo", ["en-GB"]);
  const said: readonly (readonly [SearchProblem, string])[] = [
    [{ code: "query-cut", characters: 1_000 }, "Only the first 1,000 characters are looked for."],
    [{ code: "terms-cut", words: 32 }, "Only the first 32 words are looked for."],
    [{ code: "empty-term", term: "from:" }, "from: says nothing to look for."],
    [{ code: "no-word", term: "subject:!" }, "subject:! has no word to look for."],
    [{ code: "no-date", term: "before:soon" }, "before:soon is no date. Write it as 2026, 2026-03 or 2026-03-15."],
    [{ code: "no-size", term: "larger:big" }, "larger:big is no size. Write it as 500k or 5M."],
    [
      { code: "unknown-value", term: "is:green", known: ["is:read", "is:unread"] },
      "is:green is not known. There is is:read, is:unread.",
    ],
    [{ code: "no-account", account: "nobody" }, "There is no account nobody."],
    [{ code: "no-mailbox", mailbox: "nowhere" }, "There is no mailbox nowhere."],
    [{ code: "server-unknown" }, "Nothing here tells what is still on a server; on:server was left out."],
  ];
  for (const [problem, text] of said) {
    assert.equal(problemText(english, problem), text);
    assert.doesNotMatch(problemText(pseudo, problem), /\b(?:only|nothing|there|date|size|word|type)\b/i);
  }
});

test("a row calls people what the server says", () => {
  const person = { name: "service@bank.example", address: "x@evil.invalid", shown: "x@evil.invalid" };
  const named = (row: Parameters<typeof aRow>[0]): string =>
    rowName(wordsIn("en", ["en"]), aRow(row), { now: 0, origin: "demo", labels: [] });
  for (const row of [{ senders: [{ ...person, isMe: false }] }, { role: "sent" as const, to: [person] }]) {
    assert.match(named(row), /x@evil\.invalid/);
    assert.doesNotMatch(named(row), /service@bank/);
  }
});
