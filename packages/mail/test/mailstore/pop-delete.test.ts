// What a POP client's deletion does to the reader's copy, for each policy. In all three the message never comes back to POP.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addAccount, assertSound, deliver, maildropTexts, popDelete, temporaryStore } from "./temporary-store.ts";

const dayMs = 24 * 3_600_000;

async function mailboxes(
  store: Parameters<typeof deliver>[0],
  account: string,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const counts = await store.reader.counts(account);
  const found: Record<string, readonly number[]> = {};
  const stored = await store.messages(account, { after: 0, limit: 100 });
  for (const { mailbox, messages } of counts) {
    const rows = stored.filter((row) => row.mailbox === mailbox);
    assert.equal(rows.length, messages, mailbox);
    if (messages > 0) found[mailbox] = rows.map((row) => row.messageId);
  }
  return found;
}

test("trash: a deleted message is in Trash for its days, then gone", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "mrose", { kind: "trash", days: 30 });
  for (const text of ["a", "b", "c"]) await deliver(store, account, text);
  await popDelete(store, account, [1, 3]);
  assert.deepEqual(await maildropTexts(store, account), ["b\r\n"]);
  assert.deepEqual(await mailboxes(store, account), { INBOX: [2], Trash: [1, 3] });

  assert.equal((await store.collectGarbage(temporary.nowMs + 29 * dayMs)).messages, 0);
  assert.equal((await store.collectGarbage(temporary.nowMs + 31 * dayMs)).messages, 2);
  assert.deepEqual(await mailboxes(store, account), { INBOX: [2] });
  assert.equal(store.directory.account(account)?.messages, 1);
  await assertSound(store);
});

test("trash: a message the reader takes back out of Trash stays, but not for POP", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "mrose", { kind: "trash", days: 30 });
  const id = await deliver(store, account, "a");
  await popDelete(store, account, [1]);
  await store.move(account, [id], "INBOX");
  assert.deepEqual(await mailboxes(store, account), { INBOX: [id] });
  assert.deepEqual(await maildropTexts(store, account), []);
  assert.equal((await store.collectGarbage(temporary.nowMs + 99 * dayMs)).messages, 0);
  await assertSound(store);
});

test("trash: what the reader puts into Trash has its days, too", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "mrose", { kind: "trash", days: 7 });
  const id = await deliver(store, account, "a");
  await store.move(account, [id], "Trash");
  assert.equal((await store.collectGarbage(temporary.nowMs + 8 * dayMs)).messages, 1);
  assert.deepEqual(await mailboxes(store, account), {});
});

test("remove: a deleted message is gone at once", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose", { kind: "remove" });
  for (const text of ["a", "b"]) await deliver(store, account, text);
  await popDelete(store, account, [1]);
  assert.deepEqual(await mailboxes(store, account), { INBOX: [2] });
  assert.deepEqual([store.directory.account(account)?.messages, store.directory.account(account)?.octets], [1, 3]);
  const changes = await store.reader.changesSince(account, 0, { limit: 10 });
  assert.deepEqual(
    changes.map(({ messageId, gone }) => [messageId, gone]),
    [
      [2, false],
      [1, true],
    ],
  );
  await assertSound(store);
});

test("remove: Trash is never emptied by itself", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "mrose", { kind: "remove" });
  const id = await deliver(store, account, "a");
  await store.move(account, [id], "Trash");
  assert.equal((await store.collectGarbage(temporary.nowMs + 999 * dayMs)).messages, 0);
  assert.deepEqual(await mailboxes(store, account), { Trash: [id] });
});

test("hide: a deleted message stays where the reader has it", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose", { kind: "hide" });
  for (const text of ["a", "b"]) await deliver(store, account, text);
  await popDelete(store, account, [1]);
  assert.deepEqual(await maildropTexts(store, account), ["b\r\n"]);
  assert.deepEqual(await mailboxes(store, account), { INBOX: [1, 2] });
  await store.move(account, [1], "Archive");
  await store.move(account, [1], "INBOX");
  assert.deepEqual(await maildropTexts(store, account), ["b\r\n"]);
  await assertSound(store);
});

test("RETR marks nothing as read", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await deliver(store, account, "a");
  await maildropTexts(store, account);
  const [inbox] = await store.reader.counts(account);
  assert.deepEqual([inbox?.mailbox, inbox?.unread], ["INBOX", 1]);
});

test("the policy that counts is the one at QUIT", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose", { kind: "remove" });
  await deliver(store, account, "a");
  const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
  await store.directory.changeAccount(account, { popDelete: { kind: "trash", days: 1 } });
  assert.equal(await maildrop.commit(new Set([1])), "done");
  assert.deepEqual(await mailboxes(store, account), { Trash: [1] });
});

test("a message the reader moved during the session is still deleted by policy", async (context) => {
  const { store } = await temporaryStore(context);
  for (const [name, kind, expected] of [
    ["t", { kind: "trash", days: 1 }, { Trash: [1] }],
    ["r", { kind: "remove" }, {}],
    ["h", { kind: "hide" }, { Archive: [1] }],
  ] as const) {
    const account = await addAccount(store, name, kind);
    await deliver(store, account, "a");
    const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
    await store.move(account, [1], "Archive");
    assert.equal(await maildrop.commit(new Set([1])), "done");
    assert.deepEqual(await mailboxes(store, account), expected);
  }
  await assertSound(store);
});
