// Mail that goes after its account's days (RFC 2449 §6.7): what goes, what stays, and never under a session.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mailstore } from "../../src/mailstore/index.ts";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { addAccount, assertSound, deliver, maildropTexts, temporaryStore } from "./temporary-store.ts";

const dayMs = 24 * 3_600_000;

/** Messages that went in one round over all accounts. */
async function expired(store: Mailstore, now: number): Promise<number> {
  const { messages, isDone } = await store.expireMail(now);
  return messages + (isDone ? 0 : await expired(store, now));
}

test("mail goes after its account's days, and no other account's ever", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const [anna, bert] = [await addAccount(store, "anna"), await addAccount(store, "bert")];
  await store.directory.changeAccount(anna, { expireDays: 30 });
  for (const account of [anna, bert]) await deliver(store, account, "old");
  await store.move(anna, [await deliver(store, anna, "kept elsewhere")], "Archive");
  temporary.nowMs += 10 * dayMs;
  await deliver(store, anna, "young");

  assert.equal(await expired(store, temporary.nowMs + 19 * dayMs), 0);
  assert.equal(await expired(store, temporary.nowMs + 20 * dayMs), 1);
  assert.deepEqual(await maildropTexts(store, anna), ["young\r\n"]);
  assert.equal(await expired(store, temporary.nowMs + 99_999 * dayMs), 1);
  assert.deepEqual(await maildropTexts(store, bert), ["old\r\n"]);
  assert.equal(store.directory.account(anna)?.messages, 1);
  await assertSound(store);
});

test("days that are set, or an import of old mail, remove nothing before they have passed", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "anna");
  await deliver(store, account, "here for years");
  temporary.nowMs += 1_000 * dayMs;
  await store.directory.changeAccount(account, { expireDays: 5 });
  assert.equal(await expired(store, temporary.nowMs + 5 * dayMs - 1), 0);
  assert.equal(await expired(store, temporary.nowMs + 5 * dayMs), 1);
  temporary.nowMs += 50 * dayMs;
  const imported = store.newBody();
  await imported.write(Buffer.from("imported"));
  await store.place(account, await imported.finish(), { receivedAt: 0 });
  assert.equal(await expired(store, temporary.nowMs + 5 * dayMs - 1), 0);
  assert.equal(await expired(store, temporary.nowMs + 5 * dayMs), 1);
});

test("never and 0 days remove nothing by themselves", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "anna");
  await deliver(store, account, "a");
  for (const expireDays of [0, 5, null]) await store.directory.changeAccount(account, { expireDays });
  assert.equal(await expired(store, temporary.nowMs + 9_999 * dayMs), 0);
  await store.directory.changeAccount(account, { expireDays: 0 });
  assert.equal(await expired(store, temporary.nowMs + 9_999 * dayMs), 0);
});

test("what goes, goes as a POP client's deletion would", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  for (const [kind, mailbox] of [
    ["remove", undefined],
    ["hide", "INBOX"],
    ["trash", "Trash"],
  ] as const) {
    const account = await addAccount(store, kind, kind === "trash" ? { kind, days: 30 } : { kind });
    await store.directory.changeAccount(account, { expireDays: 1 });
    await deliver(store, account, "a");
    assert.equal(await expired(store, temporary.nowMs + 2 * dayMs), 1, kind);
    assert.deepEqual(await maildropTexts(store, account), [], kind);
    assert.equal((await store.messages(account, { after: 0, limit: 9 }))[0]?.mailbox, mailbox, kind);
    assert.equal(await expired(store, temporary.nowMs + 3 * dayMs), 0, kind);
  }
  await assertSound(store);
});

requirement(
  "P3-S-056",
  "an account with a session keeps its mail until the session is over, idle or not",
  async (context) => {
    const temporary = await temporaryStore(context);
    const { store } = temporary;
    const account = await addAccount(store, "anna");
    await store.directory.changeAccount(account, { expireDays: 1 });
    for (const text of ["a", "b"]) await deliver(store, account, text);
    const later = temporary.nowMs + 9 * dayMs;
    const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
    temporary.monotonicMs += 3_600_000;
    assert.equal(await expired(store, later), 0);
    assert.deepEqual([maildrop.count, maildrop.octets], [2, 6]);
    assert.equal(await maildrop.commit(new Set([1])), "done");
    assert.equal(await expired(store, later), 1);
    assert.deepEqual(await maildropTexts(store, account), []);
  },
);

test("the fewest days of any account are known, those of removed accounts forgotten", async (context) => {
  const { store } = await temporaryStore(context);
  assert.equal(store.directory.fewestExpireDays(), undefined);
  const accounts = [];
  for (const days of [30, 5, 7]) {
    const account = await addAccount(store, `days-${days}`);
    await store.directory.changeAccount(account, { expireDays: days });
    accounts.push(account);
  }
  await addAccount(store, "never");
  assert.equal(store.directory.fewestExpireDays(), 5);
  assert.deepEqual([...store.directory.expiringAccounts()].map(String), [accounts[1], accounts[2], accounts[0]]);
  await store.directory.removeAccount(accounts[1] ?? "");
  assert.equal(store.directory.fewestExpireDays(), 7);
  assert.equal(store.directory.login("days-30")?.expireDays, 30);
});

test("a call looks at no more than a hundred accounts; the next goes on, and the last says that it is the last", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  for (let n = 0; n < 101; n += 1) {
    const account = await addAccount(store, `account-${n}`);
    await store.directory.changeAccount(account, { expireDays: 1 });
    await deliver(store, account, "old");
  }
  const now = temporary.nowMs + 9 * dayMs;
  assert.deepEqual(await store.expireMail(now), { messages: 100, isDone: false });
  assert.deepEqual(await store.expireMail(now), { messages: 1, isDone: true });
  assert.deepEqual(await store.expireMail(now), { messages: 0, isDone: false });
});
