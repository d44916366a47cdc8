// 100,000 messages in one mailbox: logins, the reader's queries and the work of the event loop stay bounded.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { READER_STATEMENTS } from "../../src/mailstore/sqlite/reader-queries.ts";
import { placeInOneTransaction } from "./many-messages.ts";
import {
  addAccount,
  assertSound,
  deliver,
  maildropTexts,
  temporaryStore,
  type TemporaryStore,
} from "./temporary-store.ts";

const many = 100_000;
const firstGone = 2;

let temporary: TemporaryStore;
let account = "";
const undoing: (() => void | Promise<void>)[] = [];

before(async () => {
  temporary = await temporaryStore({ after: (undo) => void undoing.push(undo) });
  account = await addAccount(temporary.store, "mrose");
  await deliver(temporary.store, account, "a");
  await temporary.store.close();
  placeInOneTransaction(temporary.directory, { account, count: many - 1 });
  await temporary.reopen();
});

after(async () => {
  for (const undo of undoing) await undo();
});

test("a session lists all of them and removes some in one transaction", async () => {
  const { store } = temporary;
  const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
  assert.equal(maildrop.count, many);
  assert.equal(maildrop.octets, 3 * many);
  const ids = new Set(Array.from({ length: many }, (_, i) => maildrop.uniqueIdOf(i + 1)));
  assert.equal(ids.size, many);
  assert.equal(await maildrop.commit(new Set([firstGone, many])), "done");
  const next = await store.open(account, { holder: "test", onBusy: "reject" });
  assert.equal(next.count, many - 2);
  assert.ok(!ids.has("") && ids.has(next.uniqueIdOf(many - 2)));
  assert.equal(next.uniqueIdOf(2), maildrop.uniqueIdOf(3));
  await next.release();
});

test("counts and the changes since a moment", async () => {
  const { reader } = temporary.store;
  const [inbox] = await reader.counts(account);
  const left = { messages: many - 2, unread: many - 2, lastUid: many };
  assert.deepEqual({ ...inbox }, { mailbox: "INBOX", role: "inbox", ...left });
  await temporary.store.setKeywords(account, [700], { add: ["$Seen"] });
  const changes = await reader.changesSince(account, many, { limit: 10 });
  assert.deepEqual(
    changes.map(({ messageId, gone }) => [messageId, gone]),
    [
      [firstGone, true],
      [many, true],
      [700, false],
    ],
  );
  assert.equal((await reader.counts(account))[0]?.unread, many - 3);
  assert.equal((await reader.changesSince(account, 0, { limit: 5_000 })).length, 1_000);
});

test("no query of the reader walks a whole table or sorts", async () => {
  const { db } = temporary.store.parts;
  for (const [name, text] of Object.entries(READER_STATEMENTS)) {
    const values = Array.from({ length: text.split("?").length - 1 }, () => 1);
    const plan = db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, ...values).map(({ detail }) => detail);
    assert.ok(plan.length > 0, name);
    for (const detail of plan)
      assert.match(detail, /^SEARCH \w+ USING .*=\?|^SEARCH \w+ USING INTEGER PRIMARY KEY/, `${name}: ${detail}`);
  }
});

test("whatever is asked, no statement on the event loop gave more than 2,000 rows or 1 MiB", async () => {
  const { store } = temporary;
  const overrides = await addAccount(store, "imported");
  const writer = store.newBody();
  await writer.write(Buffer.alloc(60_000, "x"));
  const body = await writer.finish();
  for (let n = 0; n < 3_000; n += 1_000) {
    await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => store.place(overrides, body, { uniqueId: `kept-${n + i}` })),
    );
  }
  const imported = await store.open(overrides, { holder: "test", onBusy: "reject" });
  assert.equal(imported.uniqueIdOf(3_000), "kept-2999");
  const reader = imported.read(Array.from({ length: 60 }, (_, i) => i + 1));
  while ((await reader.next()) !== undefined);
  for (let n = 1; n < 40; n += 1) assert.ok((await imported.read([n]).next())?.last);
  await imported.release();
  assert.equal((await store.messages(account, { after: 0, limit: 5_000 })).length, 5_000);
  assert.equal((await store.messages(account, { after: 0, limit: 100 })).length, 100);
  await Promise.all(Array.from({ length: 1_500 }, (_, n) => addAccount(store, `account-${n}`)));
  assert.equal(store.directory.accounts().length, 1_502);
  await store.directory.addAddress({ kind: "exact", local: "mrose", domain: "example.org", account });
  assert.equal(store.directory.addresses().length, 1);
  await store.collectGarbage(temporary.nowMs + 99 * 24 * 3_600_000);
  await store.reader.changesSince(account, 0, { limit: 9_999 });

  const { rowsMax, octetsMax, largest } = store.parts.db.statistics;
  assert.ok(rowsMax >= 1_000 && rowsMax <= 2_000, `${rowsMax} rows: ${largest}`);
  assert.ok(octetsMax > 200_000 && octetsMax <= 1_048_576, `${octetsMax} octets`);
});

test("everything the store knows twice still agrees", async () => {
  await assertSound(temporary.store);
  assert.ok((await maildropTexts(temporary.store, await addAccount(temporary.store, "last"))).length === 0);
});

test("check finds a maildrop, a counter and a body that do not agree", async (context) => {
  const damaged = await temporaryStore(context);
  const { store, directory } = damaged;
  const name = await addAccount(store, "postel");
  for (let n = 0; n < 3; n += 1) await deliver(store, name, `${n}`);
  await store.close();
  const database = new DatabaseSync(join(directory, "mail.db"));
  database.exec(
    "UPDATE maildrop SET octets = octets + 1; UPDATE mailbox SET unread = 9 WHERE name = 'INBOX'; DELETE FROM body WHERE body_id = 2",
  );
  database.close();
  damaged.store = await damaged.reopen();
  const wrong = (await damaged.store.check()).filter(({ severity }) => severity === "error").map(({ what }) => what);
  assert.deepEqual(wrong, [
    "the counters of postel/INBOX are wrong",
    "the packed maildrop of postel says 10 octets for 9",
    "1 messages have no body, or one of another length",
  ]);
});
