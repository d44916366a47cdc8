import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { SqliteMailstore } from "../../src/mailstore/sqlite/store.ts";
import { addAccount, assertSound, maildropTexts, popDelete, temporaryStore } from "./temporary-store.ts";

const digest = (text: string): string => createHash("sha256").update(text, "latin1").digest("hex");

async function collect(
  store: SqliteMailstore,
  o: {
    readonly account: string;
    readonly uniqueId: string;
    readonly text: string;
    readonly source?: string;
    readonly again?: boolean;
  },
): Promise<{ readonly messageId: number; readonly added: boolean }> {
  const writer = store.newBody();
  await writer.write(Buffer.from(o.text, "latin1"));
  const body = await writer.finish();
  const { source = "work", uniqueId, again = false } = o;
  try {
    return await store.place(o.account, body, { fetched: { source, uniqueId, sha256: digest(o.text), again } });
  } finally {
    await body.discard();
  }
}

const MAIL = "Subject: a\r\n\r\nx\r\n";

test("a collected message is placed once for its source, unique-id and octets", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  const first = await collect(store, { account, uniqueId: "u1", text: MAIL });
  assert.deepEqual(await collect(store, { account, uniqueId: "u1", text: MAIL }), {
    messageId: first.messageId,
    added: false,
  });
  assert.equal((await collect(store, { account, uniqueId: "u1", text: `${MAIL}y\r\n` })).added, true, "other octets");
  assert.equal(
    (await collect(store, { account, uniqueId: "u2", text: MAIL })).added,
    true,
    "another unique-id: equal octets are two mails",
  );
  assert.equal(
    (await collect(store, { account, uniqueId: "u1", text: MAIL, source: "home" })).added,
    true,
    "another source",
  );
  assert.equal((await maildropTexts(store, account)).length, 4);
  await assertSound(store);
});

test("it is known for good: longer than delivery ids are, and when its owner has removed it", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "anna");
  await collect(store, { account, uniqueId: "u1", text: MAIL });
  await popDelete(store, account, [1]);
  temporary.nowMs += 30 * 86_400_000;
  await store.collectGarbage();
  const later = await temporary.reopen();
  assert.equal((await collect(later, { account, uniqueId: "u1", text: MAIL })).added, false);
  assert.deepEqual(await maildropTexts(later, account), []);
  assert.equal(
    (await collect(later, { account, uniqueId: "u1", text: MAIL, again: true })).added,
    true,
    "unless it is asked for again",
  );
  assert.equal((await maildropTexts(later, account)).length, 1);
});

test("what an owner removed is told as removed, and nothing else is", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "anna");
  for (const uniqueId of ["u1", "u2", "\x00\xff opaque"]) await collect(store, { account, uniqueId, text: MAIL });
  await collect(store, { account, uniqueId: "u1", text: MAIL, source: "home" });
  await popDelete(store, account, [1]);
  const rows = await store.fetched(account, { source: "work", after: 0, limit: 1_000 });
  assert.deepEqual(
    rows.map(({ uniqueId, removedAt }) => [uniqueId, removedAt]),
    [
      ["u1", temporary.nowMs],
      ["u2", undefined],
      ["\x00\xff opaque", undefined],
    ],
  );
  assert.equal(rows[0]?.sha256, digest(MAIL));
  assert.deepEqual(
    (await store.fetched(account, { source: "work", after: rows[1]?.messageId ?? 0, limit: 1 })).map(
      (row) => row.uniqueId,
    ),
    ["\x00\xff opaque"],
  );
});

test("in Trash is not removed; emptied Trash is", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "anna", { kind: "trash", days: 2 });
  await collect(store, { account, uniqueId: "u1", text: MAIL });
  await popDelete(store, account, [1]);
  const removedAt = async (): Promise<number | undefined> =>
    (await store.fetched(account, { source: "work", after: 0, limit: 1 }))[0]?.removedAt;
  assert.equal(await removedAt(), undefined);
  temporary.nowMs += 3 * 86_400_000;
  await store.collectGarbage();
  assert.equal(await removedAt(), temporary.nowMs);
});

test("a removed account takes its rows along", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "anna");
  await collect(store, { account, uniqueId: "u1", text: MAIL });
  await store.directory.removeAccount(account);
  temporary.nowMs += 2 * 86_400_000;
  for (let round = 0; round < 4; round += 1) await store.collectGarbage();
  assert.deepEqual(await store.fetched(account, { source: "work", after: 0, limit: 1 }), []);
});

/** Of the only message from `work`. */
async function goneBy(store: SqliteMailstore, account: string): Promise<"owner" | "expiry" | undefined> {
  const [row] = await store.fetched(account, { source: "work", after: 0, limit: 1 });
  if (row?.removedAt === undefined) return undefined;
  return row.isExpired ? "expiry" : "owner";
}

const DAY_MS = 86_400_000;
const REMOVE = { kind: "remove" } as const;
const TRASH = { kind: "trash", days: 2 } as const;

type Act = (store: SqliteMailstore, o: { readonly account: string; readonly now: number }) => Promise<unknown>;

const expire: Act = (store, { now }) => store.expireMail(now + 20 * DAY_MS);
const trashDaysPass: Act = (store, { now }) => store.collectGarbage(now + 40 * DAY_MS);
const moveTo =
  (mailbox: string): Act =>
  (store, { account }) =>
    store.move(account, [1], mailbox);
const remove: Act = (store, { account }) => store.remove(account, [1]);
const emptyTrash: Act = (store, { account }) => store.emptyMailbox(account, { role: "trash", lastUid: 1 });
const popDeletes: Act = (store, { account }) => popDelete(store, account, [1]);

for (const [what, deletion, acts, by] of [
  ["its days are over", REMOVE, [expire], "expiry"],
  ["its days are over, and then those of Trash", TRASH, [expire, trashDaysPass], "expiry"],
  ["its owner moves it to Trash, whose days pass", TRASH, [moveTo("Trash"), trashDaysPass], "owner"],
  ["its owner's mail program deletes it, and the days of Trash pass", TRASH, [popDeletes, trashDaysPass], "owner"],
  ["its owner empties the Trash it expired into", TRASH, [expire, emptyTrash], "owner"],
  ["its owner removes it from the Trash it expired into", TRASH, [expire, remove], "owner"],
  [
    "its owner takes it out of the Trash it expired into, and removes it",
    TRASH,
    [expire, moveTo("Archive"), remove],
    "owner",
  ],
  [
    "its owner takes it out of the Trash it expired into and throws it away again",
    TRASH,
    [expire, moveTo("Archive"), moveTo("Trash"), trashDaysPass],
    "owner",
  ],
] as const)
  test(`a collected message goes when ${what}: that was by its ${by}`, async (context) => {
    const temporary = await temporaryStore(context);
    const { store } = temporary;
    const account = await addAccount(store, "anna", deletion);
    await store.directory.changeAccount(account, { expireDays: 5 });
    await collect(store, { account, uniqueId: "u1", text: MAIL });
    for (const act of acts) {
      assert.equal(await goneBy(store, account), undefined);
      await act(store, { account, now: temporary.nowMs });
    }
    assert.equal(await goneBy(store, account), by);
    assert.equal((await collect(store, { account, uniqueId: "u1", text: MAIL })).added, false, "and it is still known");
  });

test("hidden from POP when its days are over, it is still here", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "anna", { kind: "hide" });
  await store.directory.changeAccount(account, { expireDays: 5 });
  await collect(store, { account, uniqueId: "u1", text: MAIL });
  await expire(store, { account, now: temporary.nowMs });
  assert.equal(await goneBy(store, account), undefined);
  await remove(store, { account, now: temporary.nowMs });
  assert.equal(await goneBy(store, account), "owner");
});

test("with no days at all a session's retrieval and its deletion are one: both count as expiry", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  await store.directory.changeAccount(account, { expireDays: 0 });
  await collect(store, { account, uniqueId: "u1", text: MAIL });
  await popDelete(store, account, [1]);
  assert.equal(await goneBy(store, account), "expiry");
});
