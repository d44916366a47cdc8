// Bodies come in once and are placed with one account or many, within quotas, once for each delivery id.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ReceivedBody } from "../../src/mailstore/index.ts";
import type { SqliteMailstore } from "../../src/mailstore/sqlite/store.ts";
import { addAccount, assertSound, deliver, maildropTexts, popDelete, temporaryStore } from "./temporary-store.ts";

const hourMs = 3_600_000;

async function receive(store: SqliteMailstore, ...chunks: readonly string[]): Promise<ReceivedBody> {
  const writer = store.newBody();
  for (const chunk of chunks) await writer.write(Buffer.from(chunk, "latin1"));
  return await writer.finish();
}

function bodyFiles(directory: string): readonly string[] {
  const bodies = join(directory, "bodies");
  return readdirSync(bodies).flatMap((folder) => readdirSync(join(bodies, folder)));
}

function count(store: SqliteMailstore, table: string): number {
  return store.parts.db.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? -1;
}

test("a received body is canonical and measured", async (context) => {
  const { store } = await temporaryStore(context);
  const body = await receive(store, "Subject: x\n", "\n.dot\nlast", " line");
  const canonical = "Subject: x\r\n\r\n.dot\r\nlast line\r\n";
  assert.equal(body.octets, canonical.length);
  assert.equal(body.stuffedLines, 1);
  assert.equal(body.headerOctets, 14);
  assert.equal(Buffer.from(body.head).toString(), "Subject: x\r\n\r\n");
  assert.equal(body.sha256, createHash("sha256").update(canonical).digest("hex"));
  await body.discard();
});

test("a body of 65,536 octets is a row, one octet more is a file", async (context) => {
  const { store, directory } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const row = `${"r".repeat(65_534)}\r\n`;
  const file = `${"f".repeat(65_535)}\r\n`;
  await deliver(store, account, row);
  assert.deepEqual(bodyFiles(directory), []);
  await deliver(store, account, file);
  assert.equal(bodyFiles(directory).length, 1);
  assert.deepEqual(await maildropTexts(store, account), [row, file]);
});

test("a digest that comes with the octets counts where line ends stayed as they were, and is made anew elsewhere", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
  const given = digest("whatever was written");
  for (const line of ["short", "x".repeat(99)]) {
    const whole = `${line}\r\n`.repeat(2_000);
    for (const text of [whole, whole.replaceAll("\r\n", "\n"), whole.slice(0, -2)]) {
      const writer = store.newBody({ isDigested: true });
      for (let at = 0; at < text.length; at += 30_000) await writer.write(Buffer.from(text.slice(at, at + 30_000)));
      const body = await writer.finish(given);
      // Only who made it up here can tell that it was not made again.
      assert.equal(body.sha256, text === whole ? given : digest(whole));
      await store.place(account, body);
    }
    const forgotten = store.newBody({ isDigested: true });
    await forgotten.write(Buffer.from(whole));
    const body = await forgotten.finish();
    assert.equal(body.sha256, digest(whole));
    await body.discard();
  }
  assert.equal((await maildropTexts(store, account)).length, 6);
});

test("a file body is the same however it was cut, and its head and digest are those of the whole", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const header = `X: ${"h".repeat(70_000)}\nY: z\n`;
  const text = `${header}\n${".\n".repeat(200_000)}end`;
  const canonical = text.replaceAll("\n", "\r\n") + "\r\n";
  for (const size of [1_000, 65_536, 400_000]) {
    const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
      text.slice(i * size, (i + 1) * size),
    );
    const body = await receive(store, ...chunks);
    assert.equal(body.octets, canonical.length);
    assert.equal(body.stuffedLines, 200_000);
    assert.equal(body.headerOctets, header.length + 4);
    assert.equal(body.head.length, 65_536);
    assert.equal(body.sha256, createHash("sha256").update(canonical).digest("hex"));
    await store.place(account, body);
  }
  for (const read of await maildropTexts(store, account)) assert.ok(read === canonical);
});

test("a chunk may be used again after it was written", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const chunk = Buffer.alloc(30_000);
  const writer = store.newBody();
  for (const letter of "abcdefgh") {
    chunk.fill(letter);
    void writer.write(chunk);
  }
  chunk.fill("z");
  await store.place(account, await writer.finish());
  assert.deepEqual(await maildropTexts(store, account), [
    `${[..."abcdefgh"].map((letter) => letter.repeat(30_000)).join("")}\r\n`,
  ]);
});

test("a body that was discarded leaves no file, before and after it was finished", async (context) => {
  const { store, directory } = await temporaryStore(context);
  const writer = store.newBody();
  await writer.write(Buffer.alloc(300_000, "x"));
  await writer.discard();
  await writer.discard();
  const body = await receive(store, "x".repeat(300_000));
  assert.equal(bodyFiles(directory).length, 1);
  await body.discard();
  await body.discard();
  assert.deepEqual(bodyFiles(directory), []);
});

test("a body that was placed stays when it is discarded", async (context) => {
  const { store, directory } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const body = await receive(store, "x".repeat(300_000));
  await store.place(account, body);
  await body.discard();
  assert.equal(bodyFiles(directory).length, 1);
  assert.equal((await maildropTexts(store, account))[0]?.length, 300_002);
});

test("one body placed with three accounts is kept once, each with its own prefix", async (context) => {
  for (const octets of [1_000, 100_000]) {
    const { store } = await temporaryStore(context);
    const accounts = await Promise.all(["a", "b", "c"].map((name) => addAccount(store, name)));
    const body = await receive(store, "b".repeat(octets));
    await Promise.all(
      accounts.map((account, i) => store.place(account, body, { prefix: Buffer.from(`Delivered-To: ${i}\r\n`) })),
    );
    assert.equal(count(store, "body"), 1);
    for (const [i, account] of accounts.entries()) {
      assert.deepEqual(await maildropTexts(store, account), [`Delivered-To: ${i}\r\n${"b".repeat(octets)}\r\n`]);
      assert.equal(store.directory.account(account)?.octets, 17 + octets + 2);
    }
    await assertSound(store);
  }
});

test("a shared body goes with the last of its messages", async (context) => {
  const temporary = await temporaryStore(context);
  const { store, directory } = temporary;
  const accounts = await Promise.all(["a", "b", "c"].map((name) => addAccount(store, name)));
  const body = await receive(store, "b".repeat(100_000));
  for (const account of accounts) await store.place(account, body);
  for (const [i, account] of accounts.entries()) {
    await popDelete(store, account, [1]);
    const { bodies } = await store.collectGarbage(temporary.nowMs + 25 * hourMs);
    assert.equal(bodies, i === 2 ? 1 : 0);
    assert.equal(bodyFiles(directory).length, i === 2 ? 0 : 1);
    await assertSound(store);
  }
  assert.equal(count(store, "body") + count(store, "shared_body") + count(store, "message"), 0);
});

test("when the first of many accounts refuses a body the others still get it", async (context) => {
  const { store } = await temporaryStore(context);
  const [full, roomy] = [await addAccount(store, "full"), await addAccount(store, "roomy")];
  await store.directory.changeAccount(full, { quotaMessages: 0 });
  const body = await receive(store, "x".repeat(100_000));
  const outcomes = await Promise.allSettled([
    store.place(full, body),
    store.place(roomy, body),
    store.place("99", body),
  ]);
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === "rejected" ? (outcome.reason as { code: string }).code : "placed")),
    ["OVER_QUOTA", "placed", "NO_SUCH_ACCOUNT"],
  );
  await body.discard();
  assert.equal((await maildropTexts(store, roomy)).length, 1);
});

test("quotas in messages and in octets hold to the last octet, and removing makes room", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await store.directory.changeAccount(account, { quotaOctets: 10, quotaMessages: 3 });
  await deliver(store, account, "12345678");
  await assert.rejects(deliver(store, account, "x"), { code: "OVER_QUOTA" });
  await store.directory.changeAccount(account, { quotaOctets: null });
  await deliver(store, account, "x");
  await deliver(store, account, "x");
  await assert.rejects(deliver(store, account, "x"), { code: "OVER_QUOTA" });
  await popDelete(store, account, [2]);
  await deliver(store, account, "y");
  assert.deepEqual(await maildropTexts(store, account), ["12345678\r\n", "x\r\n", "y\r\n"]);
});

test("a body too large for its quota is refused before it was received", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await store.directory.changeAccount(account, { quotaOctets: 1_000 });
  let sent = 0;
  async function* endless(): AsyncIterable<Uint8Array> {
    for (;;) {
      sent += 1;
      yield Buffer.alloc(600);
    }
  }
  await assert.rejects(store.deliver(account, { body: endless() }), { code: "OVER_QUOTA" });
  assert.equal(sent, 2);
});

test("a delivery id is forgotten after seven days", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "mrose");
  const again = () => store.deliver(account, { body: [Buffer.from("a")] }, { deliveryId: "id" });
  const { messageId } = await again();
  assert.deepEqual(await again(), { messageId, added: false });
  assert.equal((await store.collectGarbage(temporary.nowMs + 6 * 24 * hourMs)).deliveryIds, 0);
  assert.deepEqual(await again(), { messageId, added: false });
  assert.equal((await store.collectGarbage(temporary.nowMs + 8 * 24 * hourMs)).deliveryIds, 1);
  assert.deepEqual(await again(), { messageId: messageId + 1, added: true });
});

test("the same delivery id with other octets is another delivery", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  for (const text of ["a", "b", "a"]) await store.deliver(account, { body: [Buffer.from(text)] }, { deliveryId: "id" });
  assert.deepEqual(await maildropTexts(store, account), ["a\r\n", "b\r\n"]);
});

test("place keeps mailbox, time, keywords and unique-id", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const body = await receive(store, "a");
  await store.place(account, body, {
    mailbox: "Lists/ietf",
    receivedAt: 777,
    keywords: ["$Seen", "$flagged", "$seen"],
    uniqueId: "old-1",
  });
  await store.place(account, body, { uniqueId: "old-2", mailbox: "inbox" });
  const messages = await store.messages(account, { after: 0, limit: 10 });
  assert.deepEqual(
    messages.map(({ mailbox, receivedAt, keywords, uniqueId }) => [mailbox, receivedAt === 777, keywords, uniqueId]),
    [
      ["Lists/ietf", true, ["$flagged", "$seen"], "old-1"],
      ["INBOX", false, [], "old-2"],
    ],
  );
  assert.deepEqual(
    (await store.reader.counts(account))
      .filter(({ messages: n }) => n > 0)
      .map(({ mailbox, role, unread }) => [mailbox, role, unread]),
    [
      ["INBOX", "inbox", 1],
      ["Lists/ietf", undefined, 0],
    ],
  );
});

test("unique-ids that were kept are shown by POP, are given once, and never ours to make", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "mrose");
  const first = await deliver(store, account, "ours");
  const ours = (await store.messages(account, { after: first - 1, limit: 1 }))[0]?.uniqueId ?? "";
  const body = await receive(store, "imported");
  const wanted = ["kept-1", "kept-1", ours, ours.replace(/1$/, "5"), "kept-2"];
  for (const uniqueId of wanted) await store.place(account, body, { uniqueId });
  const listed = async () => {
    const maildrop = await temporary.store.open(account, { holder: "test", onBusy: "reject" });
    await maildrop.release();
    return Array.from({ length: maildrop.count }, (_, i) => maildrop.uniqueIdOf(i + 1));
  };
  const ids = await listed();
  assert.equal(new Set(ids).size, 6);
  assert.deepEqual([ids[0], ids[1], ids[5]], [ours, "kept-1", "kept-2"]);
  for (const i of [2, 3, 4]) assert.equal(ids[i], ours.replace(/1$/, String(i + 1)));
  await temporary.reopen();
  assert.deepEqual(await listed(), ids);
  await temporary.store.place(account, await receive(temporary.store, "later"), { uniqueId: "kept-3" });
  assert.deepEqual(await listed(), [...ids, "kept-3"]);
});

test("mistakes of the caller are refused at once", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const body = await receive(store, "a");
  for (const options of [
    { uniqueId: "with space" },
    { uniqueId: "" },
    { uniqueId: "x".repeat(71) },
    { mailbox: "" },
    { mailbox: "a\nb" },
    { keywords: ["two words"] },
    { prefix: Buffer.from("no line end") },
    { prefix: Buffer.from("bare\nLF\r\n") },
  ]) {
    await assert.rejects(store.place(account, body, options), RangeError, JSON.stringify(options));
  }
  await assert.rejects(store.place(account, { ...body, discard: () => Promise.resolve() }), TypeError);
  for (const wrong of ["", "0", "1e3", "-1", "1 ", "99999", "x"]) {
    await assert.rejects(store.place(wrong, body), { code: "NO_SUCH_ACCOUNT" }, wrong);
    await assert.rejects(store.open(wrong, { holder: "t", onBusy: "reject" }), { code: "NO_SUCH_ACCOUNT" }, wrong);
  }
  await store.place(account, body);
});

test("octetsOf gives a message as POP would send it, and nothing of a removed one", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const small = await receive(store, "small");
  const large = await receive(store, "l".repeat(700_000));
  const prefix = Buffer.from("Return-Path: <>\r\n");
  const ids = [
    (await store.place(account, small, { prefix })).messageId,
    (await store.place(account, large, { prefix })).messageId,
  ];
  const read = async (id: number) => {
    const octets: Uint8Array[] = [];
    for await (const chunk of store.octetsOf(account, id)) octets.push(chunk);
    return Buffer.concat(octets).toString();
  };
  assert.equal(await read(ids[0] ?? 0), "Return-Path: <>\r\nsmall\r\n");
  assert.equal(await read(ids[1] ?? 0), `Return-Path: <>\r\n${"l".repeat(700_000)}\r\n`);
  await store.remove(account, ids);
  for (const id of [...ids, 99]) await assert.rejects(read(id), { code: "NO_SUCH_MESSAGE" });
});

test("removed octets stay for a day, so that a session can read what it listed", async (context) => {
  const temporary = await temporaryStore(context);
  const { store, directory } = temporary;
  const account = await addAccount(store, "mrose");
  const large = "l".repeat(100_000);
  for (const text of ["small", large]) await deliver(store, account, text);
  const session = await store.open(account, { holder: "slow", onBusy: "reject" });
  await store.remove(account, [1, 2]);
  await store.collectGarbage(temporary.nowMs + 23 * hourMs);
  const reader = session.read([1, 2]);
  const octets: Uint8Array[] = [];
  for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) octets.push(chunk.octets);
  assert.equal(Buffer.concat(octets).toString(), `small\r\n${large}\r\n`);
  await session.release();
  assert.equal((await store.collectGarbage(temporary.nowMs + 25 * hourMs)).bodies, 2);
  assert.equal(count(store, "body") + count(store, "message") + count(store, "removed"), 0);
  assert.deepEqual(bodyFiles(directory), []);
});

test("files no message speaks of are removed when they are a day old, those in incoming at the next start", async (context) => {
  const temporary = await temporaryStore(context);
  const { store, directory } = temporary;
  const account = await addAccount(store, "mrose");
  await deliver(store, account, "k".repeat(100_000));
  const orphan = join(directory, "bodies", "ab", "ab000000-0000-4000-8000-000000000000");
  mkdirSync(join(directory, "bodies", "ab"), { recursive: true });
  writeFileSync(orphan, "left behind");
  writeFileSync(join(directory, "bodies", "incoming", "half"), "half a body");
  assert.equal((await store.collectGarbage()).bodies, 0);
  const dayAgo = (temporary.nowMs - 25 * hourMs) / 1_000;
  utimesSync(orphan, dayAgo, dayAgo);
  assert.deepEqual(
    (await store.check()).filter(({ severity }) => severity === "warning").map(({ what }) => what),
    ["1 body files belong to no message"],
  );
  assert.equal((await store.collectGarbage()).bodies, 1);
  assert.ok(!existsSync(orphan));
  await temporary.reopen();
  assert.deepEqual(readdirSync(join(directory, "bodies", "incoming")), []);
  assert.equal((await maildropTexts(temporary.store, account)).length, 1);
});

test("a file stays when the death of the writer thread leaves open whether it has its message", async (context) => {
  const { store, directory } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  for (let i = 0; i < 4; i += 1) {
    await store.parts.writer.thread?.terminate();
    await deliver(store, account, `${i}`);
  }
  const writer = store.newBody();
  await writer.write(Buffer.from("x".repeat(80_000)));
  const body = await writer.finish();
  const placing = store.place(account, body, { deliveryId: "1" });
  // Until the job is handed over: nothing but promises is between, and then the end of the turn.
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
  await new Promise((resolve) => void setImmediate(resolve));
  // The fifth death: the second try is refused without having been one.
  const dead = store.parts.writer.thread?.terminate();
  await placing.catch(() => {});
  await dead;
  await body.discard();
  assert.equal(bodyFiles(directory).length, 1);
});

test("a file that is gone before its age is looked at does not stop the collection", async (context) => {
  const { store, directory } = await temporaryStore(context);
  // As a body that is let go of between the two looks: a name, and nothing behind it.
  mkdirSync(join(directory, "bodies", "ab"), { recursive: true });
  symlinkSync("nowhere", join(directory, "bodies", "ab", "ab000000-0000-4000-8000-000000000000"));
  assert.equal((await store.collectGarbage()).bodies, 0);
});

test("a body file that is missing or short ends the reading, and check names it", async (context) => {
  const { store, directory } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await deliver(store, account, "a".repeat(600_000));
  const [file = ""] = bodyFiles(directory);
  const path = join(directory, "bodies", file.slice(0, 2), file);
  const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
  const readAll = async (): Promise<void> => {
    const reader = maildrop.read([1]);
    while ((await reader.next()) !== undefined);
  };
  writeFileSync(path, "a".repeat(300_000));
  await assert.rejects(readAll(), { code: "STORE_BROKEN" });
  unlinkSync(path);
  await assert.rejects(readAll(), { code: "STORE_BROKEN" });
  assert.match(JSON.stringify(await store.check()), new RegExp(`body file ${file} is missing`));
});

test("a removed account is gone at once, and its mail after a day", async (context) => {
  const temporary = await temporaryStore(context);
  const { store, directory } = temporary;
  const account = await addAccount(store, "mrose");
  const other = await addAccount(store, "postel");
  const shared = await receive(store, "s".repeat(100_000));
  for (const owner of [account, other]) await store.place(owner, shared);
  await Promise.all(Array.from({ length: 700 }, (_, n) => deliver(store, account, `${n}`)));
  const session = await store.open(account, { holder: "still here", onBusy: "reject" });
  await store.directory.removeAccount(account);
  assert.equal(store.directory.accountNamed("mrose"), undefined);
  assert.equal(store.directory.login("mrose"), undefined);
  await assert.rejects(deliver(store, account, "late"), { code: "NO_SUCH_ACCOUNT" });
  assert.ok((await session.read([2]).next())?.last);
  assert.equal(await session.commit(new Set([1])), "lost-lease");
  await assert.rejects(store.open(account, { holder: "late", onBusy: "reject" }), { code: "NO_SUCH_ACCOUNT" });
  assert.notEqual(await addAccount(store, "mrose"), account);
  for (let i = 0; i < 5; i += 1) await store.collectGarbage(temporary.nowMs + 25 * hourMs);
  assert.deepEqual(
    [count(store, "message"), count(store, "body"), count(store, "change"), bodyFiles(directory).length],
    [1, 1, 1, 1],
  );
  assert.equal(count(store, "account"), 2);
  await assertSound(store);
});
