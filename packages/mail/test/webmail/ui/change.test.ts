// What the cache shows between an act and the server's answer.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Act, Row } from "../../../src/webmail/api/schema/index.ts";
import { changedConversation, changedRow, refSet } from "../../../src/webmail/ui/acts/change.ts";
import type { ListOf } from "../../../src/webmail/ui/place/place.ts";
import { aCard, aRow } from "./samples.ts";

const INBOX: ListOf = { kind: "role", role: "inbox" };
const STARRED: ListOf = { kind: "starred" };
const all = (row: Row) => refSet(row.messageIds.map((messageId) => ({ account: row.account, messageId })));

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
  const left = changedRow(row, { kind: "trash" }, refSet([{ account: row.account, messageId: 9 }]), INBOX);
  assert.deepEqual([left?.messageId, left?.messageIds, left?.count], [8, [8, 7], 2]);
});

test("the same number in another account is another message", () => {
  const row = aRow({ account: "1", messageIds: [9] });
  assert.equal(changedRow(row, { kind: "trash" }, refSet([{ account: "2", messageId: 9 }]), INBOX), row);
});

test("a row loses its dot only when all its messages were read", () => {
  const row = aRow({ messageIds: [9, 8], isUnread: true });
  const one = refSet([{ account: row.account, messageId: 9 }]);
  assert.equal(changedRow(row, { kind: "read" }, one, INBOX)?.isUnread, true);
  assert.equal(changedRow(row, { kind: "read" }, all(row), INBOX)?.isUnread, false);
});

test("a moved message stays in its conversation, a deleted one does not", () => {
  const conversation = { subject: "s", cards: [aCard({ messageId: 1 }), aCard({ messageId: 2 })] };
  const on = refSet([{ account: "1", messageId: 2 }]);
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
