// What the web reader does to mail: moves, keywords, removals, and the log of changes it follows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ChangesForgottenError } from "../../src/mailstore/index.ts";
import type { SqliteMailstore } from "../../src/mailstore/sqlite/store.ts";
import { placeInOneTransaction } from "./many-messages.ts";
import { addAccount, assertSound, deliver, maildropTexts, temporaryStore } from "./temporary-store.ts";

async function counts(store: SqliteMailstore, account: string): Promise<readonly string[]> {
  const rows = await store.reader.counts(account);
  return rows.filter(({ messages }) => messages > 0).map((row) => `${row.mailbox} ${row.messages} ${row.unread}`);
}

async function uniqueIds(store: SqliteMailstore, account: string): Promise<readonly string[]> {
  const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
  await maildrop.release();
  return Array.from({ length: maildrop.count }, (_, i) => maildrop.uniqueIdOf(i + 1));
}

test("a message that goes to Archive leaves POP; when it comes back it is last and has its unique-id", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  for (const text of ["a", "b", "c"]) await deliver(store, account, text);
  const [a, b, c] = await uniqueIds(store, account);
  await store.move(account, [1, 2], "Archive");
  assert.deepEqual(await maildropTexts(store, account), ["c\r\n"]);
  assert.deepEqual(await counts(store, account), ["INBOX 1 1", "Archive 2 2"]);
  await store.move(account, [1], "inbox");
  assert.deepEqual(await maildropTexts(store, account), ["c\r\n", "a\r\n"]);
  assert.deepEqual(await uniqueIds(store, account), [c, a]);
  await store.move(account, [2], "INBOX");
  assert.deepEqual(await uniqueIds(store, account), [c, a, b]);
  await assertSound(store);
});

test("moving to where it is, or what is not there, changes nothing", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await deliver(store, account, "a");
  await store.move(account, [1, 1, 99], "INBOX");
  await store.remove(account, [99]);
  await store.setKeywords(account, [1, 99], { remove: ["$seen"] });
  assert.deepEqual(
    (await store.reader.changesSince(account, 0, { limit: 10 })).map(({ modseq }) => modseq),
    [1],
  );
  assert.deepEqual(await counts(store, account), ["INBOX 1 1"]);
});

test("keywords are added and removed without case, and unread follows $seen wherever the message is", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  for (const text of ["a", "b"]) await deliver(store, account, text);
  await store.setKeywords(account, [1, 2], { add: ["$Seen", "Work"] });
  assert.deepEqual(await counts(store, account), ["INBOX 2 0"]);
  await store.move(account, [2], "Lists");
  await store.setKeywords(account, [1, 2], { add: ["$flagged"], remove: ["$SEEN", "nothing"] });
  assert.deepEqual(await counts(store, account), ["INBOX 1 1", "Lists 1 1"]);
  assert.deepEqual(await store.placementsOf(account, [2, 99, 2]), [
    { messageId: 2, mailbox: "Lists", keywords: ["$flagged", "work"] },
  ]);
  await assertSound(store);
});

test("the change log says of each message what it is now, once, in the order of the last changes", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  for (const text of ["a", "b", "c"]) await deliver(store, account, text);
  const { modseq: seen = 0 } = (await store.reader.changesSince(account, 0, { limit: 10 })).at(-1) ?? {};
  assert.equal(seen, 3);
  await store.move(account, [2], "Archive");
  await store.setKeywords(account, [2], { add: ["$seen"] });
  await store.remove(account, [1]);
  await deliver(store, account, "d");
  const changes = await store.reader.changesSince(account, seen, { limit: 10 });
  assert.deepEqual(
    changes.map(({ messageId, mailbox, gone }) => [messageId, mailbox, gone]),
    [
      [2, "Archive", false],
      [1, "INBOX", true],
      [4, "INBOX", false],
    ],
  );
  assert.deepEqual(await store.reader.changesSince(account, seen, { limit: 1 }), changes.slice(0, 1));
  assert.deepEqual(await store.reader.changesSince(account, changes.at(-1)?.modseq ?? 0, { limit: 10 }), []);
  assert.equal(await store.reader.modseq(account), changes.at(-1)?.modseq);
});

test("accounts, mailboxes and limits that make no sense are answered with nothing, or refused", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  assert.deepEqual(await store.reader.counts("nobody"), []);
  assert.equal(await store.reader.modseq("77"), 0);
  assert.deepEqual(await store.reader.changesSince("77", 0, { limit: 1 }), []);
  await assert.rejects(
    store.placementsOf(
      account,
      Array.from({ length: 1_001 }, (_, n) => n),
    ),
    RangeError,
  );
  for (const limit of [0, -1, 1.5, Number.NaN]) {
    await assert.rejects(store.reader.changesSince(account, 0, { limit }), RangeError);
  }
  await assert.rejects(store.move("77", [1], "INBOX"), { code: "NO_SUCH_ACCOUNT" });
  await assert.rejects(store.move(account, [1], "a\u0000b"), RangeError);
  await assert.rejects(store.setKeywords(account, [1], { add: ["a b"] }), RangeError);
});

test("leases say who holds what, and a takeover is written", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "mrose");
  const fence = () =>
    store.parts.db.get<{ fence: number }>("SELECT fence FROM maildrop WHERE account_id = ?", account)?.fence;
  const first = await store.open(account, { holder: "first", onBusy: "reject" });
  temporary.monotonicMs += 5_000;
  assert.deepEqual(store.leases(), [{ account, holder: "first", sinceMs: 5_000 }]);
  assert.equal(fence(), 0);
  const second = await store.open(account, { holder: "second", onBusy: "takeover" });
  assert.deepEqual(store.leases(), [{ account, holder: "second", sinceMs: 0 }]);
  assert.equal(fence(), 1);
  await first.release();
  assert.equal(store.leases().length, 1);
  await second.release();
  assert.deepEqual(store.leases(), []);
});

test("more writes than may wait are refused, and those that waited are done", async (context) => {
  const { store } = await temporaryStore(context);
  const account = Number(await addAccount(store, "mrose"));
  const asked = Array.from({ length: 9_000 }, () => store.parts.writer.run("fence", { account }));
  const outcomes = await Promise.allSettled(asked);
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  assert.equal(refused.length, 9_000 - 256 - 8_192);
  for (const { reason } of refused) assert.equal((reason as { code: string }).code, "STORE_UNAVAILABLE");
  assert.equal(await store.parts.writer.run("fence", { account }), 256 + 8_192 + 1);
});

test("a full queue outlives the thread it waits for", async (context) => {
  const { store } = await temporaryStore(context);
  const account = Number(await addAccount(store, "mrose"));
  const { writer } = store.parts;
  // Before it could answer any of them.
  const dead = writer.thread?.terminate();
  const asked = Array.from({ length: 9_000 }, () => writer.run("fence", { account }));
  const outcomes = await Promise.allSettled(asked);
  await dead;
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  // Those it had are in doubt; those that waited behind them are done by the next one.
  assert.ok(refused.length >= 9_000 - 256 - 8_192);
  assert.ok(refused.length <= 9_000 - 8_192, `${refused.length}`);
});

test("a reader thread that takes too long is ended, and the next task gets another", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await deliver(store, account, "a");
  const { readers } = store.parts;
  await assert.rejects(readers.run("snapshot", { account: Number(account) }, { withinMs: 0 }), {
    code: "STORE_UNAVAILABLE",
  });
  const asked = Array.from({ length: 12 }, () => readers.run("snapshot", { account: Number(account) }));
  for (const snapshot of await Promise.all(asked)) assert.deepEqual([...(snapshot?.entries ?? [])], [1, 3]);
  assert.equal(await readers.run("snapshot", { account: 99 }), undefined);
  await readers.close();
  await assert.rejects(readers.run("snapshot", { account: 1 }), { code: "STORE_UNAVAILABLE" });
});

test("a large maildrop opened while mail pours in is of one state", async (context) => {
  const temporary = await temporaryStore(context);
  const account = await addAccount(temporary.store, "mrose");
  await deliver(temporary.store, account, "a");
  await temporary.store.close();
  placeInOneTransaction(temporary.directory, { account, count: 39_999 });
  const store = await temporary.reopen();
  const body = store.newBody();
  await body.write(Buffer.from("a"));
  const received = await body.finish();
  let open = true;
  const pouring = (async () => {
    while (open) await Promise.all(Array.from({ length: 5 }, () => store.place(account, received)));
  })();
  let last = 40_000;
  // Ten times, and then until mail was seen to come in between. A maildrop that has not changed is opened within a turn of
  // the event loop, and in such a turn no mail comes.
  for (let i = 0; i < 10 || last === 40_000; i += 1) {
    await new Promise((resolve) => void setImmediate(resolve));
    const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
    assert.ok(maildrop.count >= last);
    assert.equal(maildrop.octets, maildrop.count * 3);
    for (let n = 1; n <= maildrop.count; n += 1) assert.equal(maildrop.octetsOf(n), 3);
    assert.equal(new Set(Array.from({ length: 3_000 }, (_, n) => maildrop.uniqueIdOf(maildrop.count - n))).size, 3_000);
    last = maildrop.count;
    await maildrop.release();
  }
  open = false;
  await pouring;
  await assertSound(store);
});

test("whoever listens is told of an account's changes after they are durable, with its modseq", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const other = await addAccount(store, "postel");
  const told: string[] = [];
  const end = store.onChange((name, modseq) => told.push(`${name} ${modseq}`));
  await deliver(store, account, "a");
  await deliver(store, other, "b");
  await store.move(account, [1], "Archive");
  await store.setKeywords(account, [1], { add: ["$seen"] });
  await store.remove(account, [1]);
  await store.directory.removeAccount(other);
  end();
  await deliver(store, account, "c");
  assert.deepEqual(told, [`${account} 1`, `${other} 1`, `${account} 2`, `${account} 3`, `${account} 4`, `${other} 1`]);
});

test("emptying a mailbox ends between two batches when nobody waits for it any more", async (context) => {
  const temporary = await temporaryStore(context);
  const account = await addAccount(temporary.store, "mrose");
  await deliver(temporary.store, account, "a");
  await temporary.store.close();
  placeInOneTransaction(temporary.directory, { account, count: 450 });
  const store = await temporary.reopen();
  const ids = Array.from({ length: 451 }, (_, i) => i + 1);
  await store.move(account, ids, "Trash");
  const trash = { role: "trash", lastUid: ids.length } as const;
  const waiting = new AbortController();
  const end = store.onChange(() => waiting.abort(new Error("too late")));
  await assert.rejects(store.emptyMailbox(account, { ...trash, signal: waiting.signal }), /too late/);
  end();
  const left = (await store.placementsOf(account, ids)).length;
  assert.ok(left > 0 && left < ids.length, `${left} are left`);
  assert.equal(await store.emptyMailbox(account, trash), left);
});

test("emptying a mailbox removes what is in it, however much, and nothing else", async (context) => {
  const temporary = await temporaryStore(context);
  const { store, directory } = temporary;
  const account = await addAccount(store, "mrose");
  await deliver(store, account, "a");
  await store.close();
  placeInOneTransaction(directory, { account, count: 450 });
  const reopened = await temporary.reopen();
  await reopened.move(
    account,
    Array.from({ length: 450 }, (_, i) => i + 1),
    "Trash",
  );
  // Whoever asks whether all of it is to go says how many; what comes in meanwhile stays.
  const lastUid = (await reopened.reader.counts(account)).find(({ role }) => role === "trash")?.lastUid ?? 0;
  await reopened.move(account, [451], "Trash");
  assert.equal(await reopened.emptyMailbox(account, { role: "junk", lastUid }), 0);
  assert.equal(await reopened.emptyMailbox(account, { role: "trash", lastUid }), 450);
  assert.equal(await reopened.emptyMailbox(account, { role: "trash", lastUid }), 0);
  await reopened.move(account, [451], "INBOX");
  assert.deepEqual(await counts(reopened, account), ["INBOX 1 1"]);
  await assertSound(reopened);
});

test("removals are remembered for 30 days; whoever was away for longer is told to start anew", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "mrose");
  for (const text of ["a", "b"]) await deliver(store, account, text);
  await store.remove(account, [1]);
  await store.collectGarbage(temporary.nowMs + 29 * 24 * 3_600_000);
  assert.equal((await store.reader.changesSince(account, 2, { limit: 10 })).length, 1);
  assert.equal((await store.collectGarbage(temporary.nowMs + 31 * 24 * 3_600_000)).changes, 1);
  await assert.rejects(store.reader.changesSince(account, 2, { limit: 10 }), ChangesForgottenError);
  assert.deepEqual(await store.reader.changesSince(account, 3, { limit: 10 }), []);
  assert.deepEqual(
    (await store.reader.changesSince(account, 0, { limit: 10 })).map(({ messageId }) => messageId),
    [2],
  );
});
