import assert from "node:assert/strict";
import { test } from "node:test";
import { addAccount, assertSound, deliver, temporaryStore } from "./temporary-store.ts";

test("a mailbox of one's own is made once, named anew, and removed when it is empty", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  assert.equal(await store.createMailbox(account, "Boats"), "done");
  assert.equal(await store.createMailbox(account, "Boats"), "name-taken");
  assert.equal(await store.renameMailbox(account, "Boats", "Ships"), "done");
  assert.equal(await store.renameMailbox(account, "Boats", "x"), "not-found");
  assert.equal(await store.renameMailbox(account, "Ships", "Archive"), "name-taken");
  const message = await deliver(store, account, "Subject: a\r\n\r\nx\r\n");
  await store.move(account, [message], "Ships");
  assert.equal(await store.removeMailbox(account, "Ships"), "not-empty");
  await store.remove(account, [message]);
  assert.equal(await store.removeMailbox(account, "Ships"), "done");
  assert.equal(await store.removeMailbox(account, "Ships"), "not-found");
  assert.ok(!(await store.reader.counts(account)).some(({ mailbox }) => mailbox === "Ships"));
  await assertSound(store);
});

test("a document is put with the new name, or neither is", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  const key = { kind: "rules", account, id: "all" };
  await store.createMailbox(account, "Boats");
  await store.createMailbox(account, "Nets");
  const change = (value: string, ifVersion: number) => ({ document: { key, value, ifVersion } });
  const rename = (to: string, o: ReturnType<typeof change>) => store.renameMailbox(account, "Boats", to, o);
  const found = async () => (await store.documents.get(key))?.value;
  await store.documents.put(key, "old");
  assert.equal(await rename("Ships", change("new", 7)), "conflict");
  assert.equal(await rename("Nets", change("new", 1)), "name-taken");
  assert.equal(await found(), "old");
  assert.equal(await rename("Ships", change("new", 1)), "done");
  assert.equal(await found(), "new");
  const names = (await store.reader.counts(account)).map(({ mailbox }) => mailbox);
  assert.deepEqual([names.includes("Ships"), names.includes("Boats")], [true, false]);
});

test("what has a role keeps its name and stays", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  for (const name of ["INBOX", "inbox", "Trash", "Sent"]) {
    assert.equal(await store.renameMailbox(account, name, "x"), "has-a-role");
    assert.equal(await store.removeMailbox(account, name), "has-a-role");
  }
});

test("a new name is told in the change log, with a message of the mailbox", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  const message = await deliver(store, account, "Subject: a\r\n\r\nx\r\n");
  await store.move(account, [message], "Boats");
  const before = (await store.reader.changesSince(account, 0, { limit: 10 })).at(-1)?.modseq ?? 0;
  await store.renameMailbox(account, "Boats", "Ships");
  const changes = await store.reader.changesSince(account, before, { limit: 10 });
  assert.deepEqual(
    changes.map(({ messageId, mailbox, gone }) => [messageId, mailbox, gone]),
    [[message, "Ships", false]],
  );
});

test("removals in a mailbox that is gone are still in the change log", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  const message = await deliver(store, account, "Subject: a\r\n\r\nx\r\n");
  await store.move(account, [message], "Boats");
  await store.remove(account, [message]);
  await store.removeMailbox(account, "Boats");
  const changes = await store.reader.changesSince(account, 0, { limit: 10 });
  assert.deepEqual(
    changes.map(({ messageId, gone }) => [messageId, gone]),
    [[message, true]],
  );
});

test("names that cannot be one are refused", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  for (const name of ["", "a\nb", "x".repeat(256)])
    await assert.rejects(async () => store.createMailbox(account, name), RangeError);
});
