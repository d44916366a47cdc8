// Lists of mail: what is in them, in what order, how they page, and that they follow what happens to mail.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addAccount } from "../temporary-store.ts";
import { caughtUp, deliverMail, ids, indexedStore, subjects, wholeList } from "./indexed-store.ts";

const view = "messages";

test("a list has the newest first, by the time a message was sent, not later than it came", async (context) => {
  const indexed = await indexedStore(context);
  const account = await addAccount(indexed.temporary.store, "mrose");
  const receivedAt = Date.UTC(2026, 2, 10);
  for (const [subject, date] of [
    ["second", "Sun, 08 Mar 2026 10:00:00 +0000"],
    ["first", "Sat, 07 Mar 2026 10:00:00 +0000"],
    ["from the future", "Tue, 01 Jan 2036 10:00:00 +0000"],
    ["before mail was", "Thu, 01 Jan 1970 00:00:00 +0000"],
    ["third", "Mon, 09 Mar 2026 10:00:00 +0000"],
  ] as const) {
    await deliverMail(indexed, account, { subject, date }, { receivedAt });
  }
  await caughtUp(indexed, account);
  const rows = await wholeList(indexed.index, { accounts: [account], role: "inbox", view });
  assert.deepEqual(subjects(rows), ["before mail was", "from the future", "third", "second", "first"]);
  assert.equal(rows[0]?.newest.sortAt, receivedAt);
});

test("a row says what the message says, where it is and where it came from", async (context) => {
  const indexed = await indexedStore(context);
  const { store } = indexed.temporary;
  const account = await addAccount(store, "mrose");
  const writer = store.newBody();
  await writer.write(
    Buffer.from(
      'From: "Mina" <mina@harbour.example>\r\nTo: robin@alder.example\r\nSubject: Plan\r\nMessage-ID: <a@b>\r\n' +
        "Date: Mon, 09 Mar 2026 10:00:00 +0000\r\nX-Attachments: plan.pdf, map.png\r\n\r\nSee the plan.\r\n",
    ),
  );
  const body = await writer.finish();
  await store.place(account, body, {
    prefix: Buffer.from("Return-Path: <mina@harbour.example>\r\nDelivered-To: home@alder.example\r\n"),
    receivedAt: Date.UTC(2026, 2, 10),
    keywords: ["$flagged", "work"],
  });
  // A conversation is named by whichever of its messages is read first, and of two that wait that may be either.
  await caughtUp(indexed, account);
  await store.place(account, body, {
    fetched: { source: "isp", uniqueId: "u1", sha256: "0".repeat(64) },
    mailbox: "Archive",
  });
  await caughtUp(indexed, account);
  assert.deepEqual(await indexed.index.message(account, 1), {
    account,
    messageId: 1,
    mailbox: "INBOX",
    role: "inbox",
    conversation: 1,
    subject: "Plan",
    from: [{ name: "Mina", address: "mina@harbour.example" }],
    to: [{ name: "", address: "robin@alder.example" }],
    preview: "See the plan.",
    sortAt: Date.UTC(2026, 2, 9, 10),
    receivedAt: Date.UTC(2026, 2, 10),
    octets: (await store.messages(account, { after: 0, limit: 1 }))[0]?.octets,
    attachments: 2,
    keywords: ["$flagged", "work"],
    origin: { kind: "delivered", name: "home@alder.example" },
    isUnreadable: false,
    id: "a@b",
  });
  assert.deepEqual((await indexed.index.message(account, 2))?.origin, { kind: "source", name: "isp" });
  assert.equal((await indexed.index.message(account, 2))?.role, "archive");
  assert.equal(await indexed.index.message(account, 3), undefined);
});

test("an inbox over several accounts is one list, and has nothing of an account that was not named", async (context) => {
  const indexed = await indexedStore(context);
  const { store } = indexed.temporary;
  const accounts = [];
  for (const name of ["a", "b", "c"]) accounts.push(await addAccount(store, name));
  for (let n = 0; n < 30; n += 1) {
    const receivedAt = Date.UTC(2026, 2, 10, 0, n);
    await deliverMail(indexed, accounts[n % 3] ?? "", { subject: `${n}` }, { receivedAt });
  }
  for (const account of accounts) await caughtUp(indexed, account);
  const [a = "", b = ""] = accounts;
  const two = await wholeList(indexed.index, { accounts: [a, b], role: "inbox", view, limit: 7 });
  assert.deepEqual(
    subjects(two),
    Array.from({ length: 30 }, (_, n) => 29 - n)
      .filter((n) => n % 3 < 2)
      .map(String),
  );
  const page = await indexed.index.list({ accounts, role: "inbox", view, limit: 10 });
  assert.equal(page.total, 30);
  assert.deepEqual(subjects(page.rows), ["29", "28", "27", "26", "25", "24", "23", "22", "21", "20"]);
});

test("moves, keywords and removals show; undoing them shows, too", async (context) => {
  const indexed = await indexedStore(context);
  const { store } = indexed.temporary;
  const account = await addAccount(store, "mrose");
  for (const subject of ["a", "b", "c"]) await deliverMail(indexed, account, { subject });
  const list = async (query: object): Promise<string> => {
    await caughtUp(indexed, account);
    return subjects(await wholeList(indexed.index, { accounts: [account], view, ...query })).join(" ");
  };
  assert.equal(await list({ role: "inbox" }), "c b a");
  const before = await store.placementsOf(account, [1, 2]);
  await store.move(account, [1, 2], "Trash");
  await store.setKeywords(account, [3], { add: ["$seen", "$flagged"] });
  assert.equal(await list({ role: "inbox" }), "c");
  assert.equal(await list({ role: "inbox", unread: true }), "");
  assert.equal(await list({ role: "trash" }), "b a");
  assert.equal(await list({ starred: true }), "c");
  assert.equal(await list({}), "c");
  assert.equal(await indexed.index.starred([account]), 1);
  for (const { messageId, mailbox } of before) await store.move(account, [messageId], mailbox);
  await store.setKeywords(account, [3], { remove: ["$seen", "$flagged"] });
  assert.equal(await list({ role: "inbox" }), "c b a");
  assert.equal(await list({ role: "inbox", unread: true }), "c b a");
  assert.equal(await list({ mailbox: "inbox" }), "c b a");
  assert.equal(await indexed.index.starred([account]), 0);
  await store.remove(account, [2]);
  assert.equal(await list({ role: "inbox" }), "c a");
  assert.equal(await indexed.index.indexed([account]), 2);
  assert.equal(await indexed.index.indexed([]), 0);
  assert.equal((await indexed.index.list({ accounts: [account], role: "inbox", view, limit: 1 })).total, 2);
});

test("pages go on where the last one ended, whatever arrives meanwhile", async (context) => {
  const indexed = await indexedStore(context);
  const account = await addAccount(indexed.temporary.store, "mrose");
  const receivedAt = Date.UTC(2026, 2, 10);
  // All in one second: the order within it must hold, too.
  for (let n = 1; n <= 20; n += 1) await deliverMail(indexed, account, { subject: `${n}` }, { receivedAt });
  await caughtUp(indexed, account);
  const shown: number[] = [];
  let after: string | undefined;
  do {
    const page = await indexed.index.list({
      accounts: [account],
      role: "inbox",
      view: "conversations",
      limit: 3,
      ...(after === undefined ? {} : { after }),
    });
    shown.push(...ids(page.rows));
    after = page.next;
    await deliverMail(indexed, account, { subject: "new" }, { receivedAt: receivedAt + 1_000 });
    await caughtUp(indexed, account);
  } while (after !== undefined);
  assert.deepEqual(
    shown,
    Array.from({ length: 20 }, (_, n) => 20 - n),
  );
});

test("a message whose parser failed has its row, and is said to be unreadable", async (context) => {
  const indexed = await indexedStore(context);
  const account = await addAccount(indexed.temporary.store, "mrose");
  await deliverMail(indexed, account, { subject: "broken", more: "X-Broken: yes" });
  await deliverMail(indexed, account, { subject: "whole" });
  await caughtUp(indexed, account);
  const rows = await wholeList(indexed.index, { accounts: [account], role: "inbox", view });
  assert.deepEqual(
    rows.map(({ newest }) => [newest.messageId, newest.isUnreadable]),
    [
      [2, false],
      [1, true],
    ],
  );
});

test("a list of one source has what was collected from it", async (context) => {
  const indexed = await indexedStore(context);
  const { store } = indexed.temporary;
  const account = await addAccount(store, "mrose");
  await deliverMail(indexed, account, { subject: "delivered" });
  const writer = store.newBody();
  await writer.write(Buffer.from("Subject: collected\r\n\r\n"));
  const body = await writer.finish();
  for (const source of ["isp", "work"])
    await store.place(account, body, { fetched: { source, uniqueId: "1", sha256: "0".repeat(64) } });
  await caughtUp(indexed, account);
  for (const query of [{}, { role: "inbox" }] as const) {
    for (const kind of ["messages", "conversations"] as const) {
      const rows = await wholeList(indexed.index, { accounts: [account], source: "work", view: kind, ...query });
      assert.deepEqual(ids(rows), [3]);
    }
  }
});

test("the mail of a removed account leaves the index", async (context) => {
  const indexed = await indexedStore(context);
  const { store } = indexed.temporary;
  const account = await addAccount(store, "mrose");
  const other = await addAccount(store, "postel");
  for (let n = 0; n < 3; n += 1) await deliverMail(indexed, account, { subject: `${n}` });
  await deliverMail(indexed, other, { subject: "stays" });
  await caughtUp(indexed, account);
  const gone = new Promise<void>((resolve) => {
    indexed.index.onIndexed((change) => {
      if (change.account === account && change.gone.length === 3) resolve();
    });
  });
  await store.directory.removeAccount(account);
  await gone;
  const rows = await wholeList(indexed.index, { accounts: [account, other], role: "inbox", view });
  assert.deepEqual(subjects(rows), ["stays"]);
});

test("queries that make no sense are refused", async (context) => {
  const indexed = await indexedStore(context);
  const account = await addAccount(indexed.temporary.store, "mrose");
  const query = { accounts: [account], role: "inbox", view, limit: 10 } as const;
  for (const wrong of [
    { limit: 0 },
    { limit: 1.5 },
    { after: "../../etc" },
    { after: "" },
    { mailbox: "a" },
    { accounts: Array.from({ length: 201 }, (_, n) => `${n + 1}`) },
  ]) {
    await assert.rejects(indexed.index.list({ ...query, ...wrong }), RangeError, JSON.stringify(wrong).slice(0, 60));
  }
  assert.deepEqual((await indexed.index.list({ ...query, accounts: ["nobody"] })).rows, []);
  assert.deepEqual(await indexed.index.conversation("nobody", 1, { limit: 10 }), []);
});
