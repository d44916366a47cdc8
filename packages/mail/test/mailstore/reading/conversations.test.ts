// What belongs together: by Message-IDs, whatever order messages come in; by subject only where people write to each other.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { openMailReader } from "../../../src/message/index.ts";
import { addAccount } from "../temporary-store.ts";
import { caughtUp, deliverMail, indexedStore, wholeList, type IndexedStore } from "./indexed-store.ts";

const fixtures = new URL("../../fixtures/", import.meta.url);

async function conversations(indexed: IndexedStore, account: string): Promise<readonly (readonly number[])[]> {
  await caughtUp(indexed, account);
  const rows = await wholeList(indexed.index, { accounts: [account], role: "inbox", view: "conversations" });
  return rows.map(({ messageIds }) => messageIds);
}

async function accountWithMail(context: Parameters<typeof indexedStore>[0]): Promise<[IndexedStore, string]> {
  const indexed = await indexedStore(context);
  return [indexed, await addAccount(indexed.temporary.store, "mrose")];
}

const orders: readonly (readonly string[])[] = [
  ["43", "44", "45", "46", "47", "48", "49", "50"],
  ["50", "49", "48", "47", "46", "45", "44", "43"],
  ["48", "45", "50", "43", "47", "44", "49", "46"],
];

for (const order of orders) {
  test(`eight mails of one discussion are one conversation when they come as ${order.join(" ")}`, async (context) => {
    const mailReader = openMailReader({ threads: 1 });
    context.after(() => mailReader.close());
    const reader = Object.assign(mailReader, { asked: 0 });
    const indexed = await indexedStore(context, { reader });
    const account = await addAccount(indexed.temporary.store, "robin");
    const folder = new URL("benign/", fixtures);
    for (const number of order) {
      const name = readdirSync(folder).find((file) => file.startsWith(`b${number}-`)) ?? "";
      await indexed.temporary.store.deliver(account, { body: [readFileSync(new URL(name, folder))] });
    }
    // b48 names only its parent, b50 has another subject: both are in it.
    const found = await conversations(indexed, account);
    assert.equal(found.length, 1);
    const [row] = await wholeList(indexed.index, { accounts: [account], role: "inbox", view: "conversations" });
    assert.equal(row?.count, 8);
    assert.equal(row.newest.subject, "Regatta stall (was: Re: Regatta stall)");
    const whole = await indexed.index.conversation(account, row.newest.conversation, { limit: 500 });
    assert.deepEqual(
      whole.map(({ id }) => id?.slice(0, 8)),
      ["43", "44", "45", "46", "47", "48", "49", "50"].map((_, i) => `thread-${i + 1}`),
    );
    assert.deepEqual(
      row.senders.map(({ address }) => address.split("@")[0]),
      ["juergen", "robin", "pat", "mina"],
    );
  });
}

test("messages that name each other in a circle, or themselves, are together and nothing more", async (context) => {
  const [indexed, account] = await accountWithMail(context);
  await deliverMail(indexed, account, { id: "a@loop", references: "<b@loop> <a@loop>" });
  await deliverMail(indexed, account, { id: "b@loop", references: "<a@loop> <b@loop>" });
  await deliverMail(indexed, account, { id: "c@loop", references: "<c@loop> <c@loop>" });
  assert.deepEqual(await conversations(indexed, account), [[3], [2, 1]]);
});

test("a message that claims another's Message-ID stands beside it and replaces nothing", async (context) => {
  const [indexed, account] = await accountWithMail(context);
  await deliverMail(indexed, account, { id: "a@b", subject: "Regatta stall" });
  await deliverMail(indexed, account, { id: "a@b", subject: "Re: Regatta stall", from: "x@evil.invalid" });
  assert.deepEqual(await conversations(indexed, account), [[2, 1]]);
  assert.equal((await indexed.index.message(account, 1))?.subject, "Regatta stall");
  assert.equal((await indexed.index.message(account, 2))?.subject, "Re: Regatta stall");
});

test("two conversations are joined when the message between them comes, and both names lead to it", async (context) => {
  const [indexed, account] = await accountWithMail(context);
  await deliverMail(indexed, account, { id: "1@x" });
  await deliverMail(indexed, account, { id: "2@x", inReplyTo: "<1@x>" });
  await deliverMail(indexed, account, { id: "4@x", inReplyTo: "<3@x>" });
  assert.deepEqual(await conversations(indexed, account), [[3], [2, 1]]);
  const changed: number[] = [];
  indexed.index.onIndexed((change) => changed.push(...change.changed));
  await deliverMail(indexed, account, { id: "3@x", inReplyTo: "<2@x>" });
  assert.deepEqual(await conversations(indexed, account), [[4, 3, 2, 1]]);
  assert.deepEqual(changed, [3]);
  for (const name of [1, 2, 3, 4])
    assert.equal((await indexed.index.conversation(account, name, { limit: 10 })).length, 4, `${name}`);
});

test("a letter that names many conversations joins the four nearest, and leaves the others alone", async (context) => {
  const [indexed, account] = await accountWithMail(context);
  for (let n = 1; n <= 8; n += 1) await deliverMail(indexed, account, { id: `${n}@x` });
  const references = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `<${n}@x>`).join(" ");
  await deliverMail(indexed, account, { id: "glue@evil", references });
  assert.deepEqual(await conversations(indexed, account), [[9, 8, 7, 6, 5], [4], [3], [2], [1]]);
});

test("two conversations of more than a hundred messages stay two, whoever names both", async (context) => {
  const [indexed, account] = await accountWithMail(context);
  for (const name of ["a", "b"])
    for (let n = 0; n < 101; n += 1)
      await deliverMail(indexed, account, { id: `${name}${n}@x`, ...(n > 0 ? { inReplyTo: `<${name}0@x>` } : {}) });
  await deliverMail(indexed, account, { id: "glue@evil", references: "<a7@x> <b7@x>" });
  await caughtUp(indexed, account);
  const rows = await wholeList(indexed.index, { accounts: [account], role: "inbox", view: "conversations" });
  assert.deepEqual(
    rows.map(({ count }) => count),
    [102, 101],
  );
});

test("what a row says of its conversation is of all messages, not of the hundred it names", async (context) => {
  const [indexed, account] = await accountWithMail(context);
  const { store } = indexed.temporary;
  for (let n = 0; n < 105; n += 1)
    await deliverMail(indexed, account, {
      id: `a${n}@x`,
      date: new Date(Date.UTC(2026, 0, 1, 0, n)).toUTCString(),
      ...(n > 0 ? { inReplyTo: "<a0@x>" } : {}),
    });
  const all = Array.from({ length: 105 }, (_, at) => at + 1);
  await store.setKeywords(account, all.slice(1), { add: ["$seen"], remove: [] });
  await store.setKeywords(account, [2], { add: ["$flagged"], remove: [] });
  await caughtUp(indexed, account);
  const row = async () => (await indexed.index.list({ accounts: [account], view: "conversations", limit: 1 })).rows[0];
  const first = await row();
  assert.deepEqual([first?.count, first?.messageIds.length, first?.upTo], [105, 100, 105]);
  assert.deepEqual([first?.isUnread, first?.isStarred], [true, true], "of those that are not named");
  await store.setKeywords(account, all, { add: ["$seen"], remove: ["$flagged"] });
  await caughtUp(indexed, account);
  const then = await row();
  assert.deepEqual([then?.isUnread, then?.isStarred], [false, false]);
});

test("all members of a conversation of more than a thousand are named, those of one list or of all mail", async (context) => {
  const [indexed, account] = await accountWithMail(context);
  const { store } = indexed.temporary;
  for (let n = 0; n < 1_200; n += 1)
    await deliverMail(indexed, account, { id: `a${n}@x`, ...(n > 0 ? { inReplyTo: "<a0@x>" } : {}) });
  const all = Array.from({ length: 1_200 }, (_, at) => at + 1);
  await store.move(account, all.slice(0, 100), "Archive");
  await store.move(account, all.slice(100, 150), "Trash");
  await caughtUp(indexed, account);
  const of = { account, conversation: 1, upTo: 1_190 };
  const members = async (o: object): Promise<readonly number[]> =>
    (await indexed.index.members({ ...of, ...o })).toSorted((a, b) => a - b);
  assert.deepEqual(await members({ role: "inbox" }), all.slice(150, 1_190));
  assert.deepEqual(await members({ mailbox: "Archive" }), all.slice(0, 100));
  assert.deepEqual(await members({}), [...all.slice(0, 100), ...all.slice(150, 1_190)]);
  assert.deepEqual(await members({ starred: true }), []);
  assert.deepEqual(await members({ source: "nobody" }), []);
  const { messages, kept, upTo } = await indexed.index.conversationSize(account, 1);
  assert.deepEqual([messages, kept, upTo], [1_200, 1_150, 1_200]);
});

test("a reply without references belongs to its subject if the two write to each other, within 30 days", async (context) => {
  const [indexed, account] = await accountWithMail(context);
  const robin = "Robin <robin@alder.example>";
  const day = 24 * 3_600_000;
  const at = (days: number): { receivedAt: number } => ({ receivedAt: Date.UTC(2026, 0, 1) + days * day });
  await deliverMail(indexed, account, { subject: "Invoice", from: "a@one.example", to: robin }, at(0));
  await deliverMail(indexed, account, { subject: "Invoice", from: "b@two.example", to: robin }, at(1));
  await deliverMail(indexed, account, { subject: "Re: Invoice", from: robin, to: "a@one.example" }, at(2));
  await deliverMail(indexed, account, { subject: "Re: Invoice", from: "c@three.example", to: robin }, at(3));
  await deliverMail(indexed, account, { subject: "AW: Invoice", from: robin, to: "b@two.example" }, at(40));
  await deliverMail(indexed, account, { subject: "Invoice", from: "a@one.example", to: robin }, at(41));
  assert.deepEqual(await conversations(indexed, account), [[6], [5], [4], [3, 1], [2]]);
});

test("such a reply finds its subject, too, when the older message comes later", async (context) => {
  const [indexed, account] = await accountWithMail(context);
  const robin = "Robin <robin@alder.example>";
  const old = { receivedAt: Date.UTC(2026, 0, 1) };
  await deliverMail(
    indexed,
    account,
    { subject: "Re: Invoice", from: robin, to: "a@one.example" },
    { receivedAt: Date.UTC(2026, 0, 5) },
  );
  await deliverMail(indexed, account, { subject: "Invoice", from: "a@one.example", to: robin }, old);
  assert.deepEqual(await conversations(indexed, account), [[1, 2]]);
});

test("a row of a list has what of the conversation is in that list", async (context) => {
  const [indexed, account] = await accountWithMail(context);
  const { store } = indexed.temporary;
  await deliverMail(indexed, account, { id: "1@x", subject: "Plan" });
  await deliverMail(indexed, account, { id: "2@x", inReplyTo: "<1@x>", from: "pat@studio.example" });
  await deliverMail(indexed, account, { id: "3@x", inReplyTo: "<2@x>" });
  await store.setKeywords(account, [3], { add: ["$seen"] });
  await store.setKeywords(account, [1], { add: ["$flagged"] });
  await store.move(account, [3], "Archive");
  await caughtUp(indexed, account);
  const list = async (query: object): Promise<readonly (readonly number[])[]> => {
    const rows = await wholeList(indexed.index, { accounts: [account], view: "conversations", ...query });
    return rows.map(({ messageIds }) => messageIds);
  };
  assert.deepEqual(await list({ role: "inbox" }), [[2, 1]]);
  assert.deepEqual(await list({ role: "archive" }), [[3]]);
  assert.deepEqual(await list({}), [[3, 2, 1]]);
  assert.deepEqual(await list({ starred: true }), [[1]]);
  assert.deepEqual(await list({ role: "inbox", unread: true }), [[2, 1]]);
  await store.remove(account, [2]);
  await caughtUp(indexed, account);
  assert.deepEqual(await list({ role: "inbox" }), [[1]]);
  const [row] = await wholeList(indexed.index, { accounts: [account], role: "inbox", view: "conversations" });
  assert.deepEqual([row?.isUnread, row?.isStarred, row?.count], [true, true, 1]);
  assert.equal(
    (await indexed.index.list({ accounts: [account], role: "inbox", view: "conversations", limit: 1 })).total,
    1,
  );
});

test("addresses of people are offered by name or address, the most written to first, and go with the last message", async (context) => {
  const [indexed, account] = await accountWithMail(context);
  const robin = "robin@alder.example";
  for (let n = 0; n < 2; n += 1)
    await deliverMail(indexed, account, { from: "Mina Okafor <mina@harbour.example>", to: robin });
  await deliverMail(indexed, account, { from: "Mira <mira@other.example>", to: robin });
  await deliverMail(indexed, account, {
    from: "minister@news.example",
    to: robin,
    more: "Auto-Submitted: auto-generated",
  });
  await caughtUp(indexed, account);
  const offered = async (prefix: string): Promise<readonly string[]> =>
    (await indexed.index.addresses([account], prefix, { limit: 10 })).map(({ address }) => address);
  assert.deepEqual(await offered("mi"), ["mina@harbour.example", "mira@other.example"]);
  assert.deepEqual(await offered("OKA"), ["mina@harbour.example"]);
  assert.deepEqual(await offered("%"), []);
  await indexed.temporary.store.remove(account, [3]);
  await caughtUp(indexed, account);
  assert.deepEqual(await offered("mi"), ["mina@harbour.example"]);
});

test("of several accounts somebody is offered once, by the name that was given last, and by all that was written", async (context) => {
  const [indexed, first] = await accountWithMail(context);
  const second = await addAccount(indexed.temporary.store, "jdoe");
  const from = (account: string, name: string, day: number): Promise<unknown> =>
    deliverMail(indexed, account, { from: name, to: "robin@alder.example", date: `${day} Jan 2026 10:00:00 +0000` });
  await from(first, "Mina <mina@harbour.example>", 1);
  await from(first, "Mira <mira@other.example>", 2);
  await from(first, "Mira <mira@other.example>", 3);
  await from(second, "Mina Okafor <Mina@harbour.example>", 4);
  await from(second, "mina@harbour.example", 5);
  for (const account of [first, second]) await caughtUp(indexed, account);
  const offered = await indexed.index.addresses([first, second], "mi", { limit: 10 });
  assert.deepEqual(
    offered.map(({ name, address }) => [name, address.toLowerCase()]),
    [
      ["Mina Okafor", "mina@harbour.example"],
      ["Mira", "mira@other.example"],
    ],
  );
});
