// What the cache shows between an act and the server's answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Act, Conversation, Ref, Row } from "../../../src/webmail/api/schema/index.ts";
import { actedSet, changedConversation, changedRow } from "../../../src/webmail/ui/acts/change.ts";
import { actedOn, messagesAlone, targetOf } from "../../../src/webmail/ui/acts/target.ts";
import type { ListOf } from "../../../src/webmail/ui/place/place.ts";
import { aCard, aRow } from "./samples.ts";

const INBOX: ListOf = { kind: "role", role: "inbox" };
const STARRED: ListOf = { kind: "starred" };
const messages = (refs: readonly Ref[]) => actedSet(messagesAlone(refs));
const all = (row: Row) => messages(row.messageIds.map((messageId) => ({ account: row.account, messageId })));

const MOVES: readonly (readonly [string, Act, ListOf, "stays" | "leaves"])[] = [
  ["archiving takes a row out of the inbox", { kind: "archive" }, INBOX, "leaves"],
  ["archiving leaves a starred row where it is", { kind: "archive" }, STARRED, "stays"],
  ["not junk stays in the inbox", { kind: "not-junk" }, INBOX, "stays"],
  ["not junk leaves the junk", { kind: "not-junk" }, { kind: "role", role: "junk" }, "leaves"],
  ["a move to INBOX stays in a list of the inbox", { kind: "move", mailbox: "INBOX" }, INBOX, "stays"],
  ["a move elsewhere leaves a mailbox", { kind: "move", mailbox: "B" }, { kind: "mailbox", mailbox: "A" }, "leaves"],
  ["a move to where it is changes nothing", { kind: "move", mailbox: "A" }, { kind: "mailbox", mailbox: "A" }, "stays"],
  ["deletion for good leaves every list", { kind: "delete", confirmed: true }, STARRED, "leaves"],
];

for (const [claim, act, list, outcome] of MOVES) {
  test(claim, () => {
    const row = aRow({ messageIds: [9, 8] });
    assert.equal(changedRow(row, act, all(row), list) === null, outcome === "leaves");
  });
}

test("an act on some messages of a row leaves the others in it", () => {
  const row = aRow({ messageId: 9, messageIds: [9, 8, 7], count: 3 });
  const left = changedRow(row, { kind: "trash" }, messages([{ account: row.account, messageId: 9 }]), INBOX);
  assert.deepEqual([left?.messageId, left?.messageIds, left?.count], [8, [8, 7], 2]);
});

const LONG = aRow({
  messageId: 9,
  messageIds: [9, 8],
  count: 5,
  isUnread: true,
  whole: { account: "1", conversation: 4, upTo: 9, count: 5, role: "inbox" },
});

test("a row with more messages than it names leaves when it was meant, not when those it names were", () => {
  const target = targetOf([LONG]);
  assert.ok(target !== null);
  assert.deepEqual(target.alone, [], "nothing of it is told a second time");
  assert.equal(changedRow(LONG, { kind: "archive" }, actedSet(target), INBOX), null);
  assert.equal(changedRow(LONG, { kind: "read" }, actedSet(target), INBOX)?.isUnread, false);
  assert.equal(changedRow(LONG, { kind: "archive" }, all(LONG), INBOX), LONG);
  assert.equal(changedRow(LONG, { kind: "read" }, all(LONG), INBOX)?.isUnread, true);
});

test("a row that got more mail since is not the one that was meant", () => {
  const target = targetOf([LONG]);
  assert.ok(target !== null && LONG.whole !== null);
  const since = {
    ...LONG,
    count: 6,
    messageId: 10,
    messageIds: [10, 9, 8],
    whole: { ...LONG.whole, upTo: 10, count: 6 },
  };
  const left = changedRow(since, { kind: "trash" }, actedSet(target), INBOX);
  assert.deepEqual([left?.messageIds, left?.count], [[10], 4]);
});

test("of a row of all mail what one wrote oneself stays when the rest is moved, unless there is no rest", () => {
  const row = aRow({ messageId: 9, messageIds: [9, 8, 7], written: [9, 7], count: 3 });
  const ids = (act: Act, one: Row): readonly number[] => {
    const target = targetOf([one]);
    return target === null ? [] : actedOn(act, target).alone.map(({ messageId }) => messageId);
  };
  for (const act of [{ kind: "archive" }, { kind: "trash" }, { kind: "delete", confirmed: true }] as const)
    assert.deepEqual(ids(act, row), [8], act.kind);
  assert.deepEqual(ids({ kind: "unstar" }, row), [9, 8, 7]);
  assert.deepEqual(ids({ kind: "trash" }, { ...row, written: [9, 8, 7] }), [9, 8, 7]);
});

test("also of a row with more messages than it names what one wrote oneself stays in the list, and where it is", () => {
  const row = aRow({
    messageId: 9,
    messageIds: [9, 8, 7],
    written: [9, 7],
    count: 5,
    role: "sent",
    mailbox: "Sent",
    whole: { account: "1", conversation: 4, upTo: 9, count: 5 },
  });
  const target = targetOf([row]);
  assert.ok(target !== null);
  const after = (act: Act): Row | null => changedRow(row, act, actedSet(actedOn(act, target)), { kind: "all" });
  for (const act of [{ kind: "trash" }, { kind: "delete", confirmed: true }] as const) {
    const left = after(act);
    assert.deepEqual([left?.messageId, left?.messageIds, left?.count, left?.role], [9, [9, 7], 2, "sent"], act.kind);
  }
  assert.equal(after({ kind: "archive" }), row);
  assert.equal(after({ kind: "read" })?.isUnread, false);
  const cards = [aCard({ messageId: 6 }), aCard({ messageId: 7, role: "sent" }), aCard({ messageId: 8 })];
  const conversation: Conversation = { subject: "s", cards, older: 0, whole: null };
  const roles = (act: Act) =>
    changedConversation(
      { ...conversation, cards: [...cards, aCard({ messageId: 9, role: "sent" })] },
      act,
      actedSet(actedOn(act, target)),
    ).cards.map(({ role }) => role);
  assert.deepEqual(roles({ kind: "trash" }), ["trash", "sent", "trash", "sent"]);
});

test("where the newest message of a row is what one wrote, and stays, it does not say where the others are", () => {
  const received = aRow({ messageId: 9, messageIds: [9, 8], written: [8], role: "archive", mailbox: "Archive" });
  const answered = aRow({ messageId: 9, messageIds: [9, 8], written: [9], role: "sent", mailbox: "Sent" });
  const alone = { ...answered, written: [9, 8] };
  const place = (...rows: readonly Row[]) => {
    const target = targetOf(rows);
    return [target?.role, target?.mailbox];
  };
  assert.deepEqual(place(received), ["archive", "Archive"]);
  assert.deepEqual(place(answered), [null, null]);
  assert.deepEqual(place(alone), ["sent", "Sent"]);
  assert.deepEqual(place(alone, answered), [null, null]);
});

test("of an open conversation all cards of the list change with the row, and no others", () => {
  const cards = [
    aCard({ messageId: 4 }),
    aCard({ messageId: 5, role: "archive" }),
    aCard({ messageId: 9 }),
    aCard({ messageId: 10 }),
  ];
  const conversation: Conversation = { subject: "s", cards, older: 0, whole: null };
  const target = targetOf([LONG]);
  assert.ok(target !== null);
  const { cards: then } = changedConversation(conversation, { kind: "trash" }, actedSet(target));
  assert.deepEqual(
    then.map(({ role }) => role),
    ["trash", "archive", "trash", "inbox"],
  );
});

test("the same number in another account is another message", () => {
  const row = aRow({ account: "1", messageIds: [9] });
  assert.equal(changedRow(row, { kind: "trash" }, messages([{ account: "2", messageId: 9 }]), INBOX), row);
});

test("a row loses its dot only when all its messages were read", () => {
  const row = aRow({ messageIds: [9, 8], isUnread: true });
  const one = messages([{ account: row.account, messageId: 9 }]);
  assert.equal(changedRow(row, { kind: "read" }, one, INBOX)?.isUnread, true);
  assert.equal(changedRow(row, { kind: "read" }, all(row), INBOX)?.isUnread, false);
});

test("a moved message stays in its conversation, a deleted one does not", () => {
  const cards = [aCard({ messageId: 1 }), aCard({ messageId: 2 })];
  const conversation: Conversation = { subject: "s", cards, older: 0, whole: null };
  const on = messages([{ account: "1", messageId: 2 }]);
  const moved = changedConversation(conversation, { kind: "trash" }, on);
  assert.deepEqual(
    moved.cards.map(({ messageId, role }) => [messageId, role]),
    [
      [1, "inbox"],
      [2, "trash"],
    ],
  );
  const deleted = changedConversation(conversation, { kind: "delete", confirmed: true }, on);
  assert.deepEqual(
    deleted.cards.map(({ messageId }) => messageId),
    [1],
  );
});
