// How stored octets come out: rows read ahead, files piece by piece, in place or through the thread pool.
import assert from "node:assert/strict";
import { readdirSync, readlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { StoredMessageReader } from "../../src/mailstore/sqlite/message-reader.ts";
import { readMessageRow } from "../../src/mailstore/sqlite/message-rows.ts";
import type { SqliteMailstore } from "../../src/mailstore/sqlite/store.ts";
import { addAccount, deliver, temporaryStore } from "./temporary-store.ts";

const text = `Subject: x\r\n\r\n${".dot\r\n".repeat(200_000)}`;

/** Reads as from a disk so slow that nothing is ever read in place but the first piece. */
function slowReader(
  store: SqliteMailstore,
  account: string,
  { bodyLines, borrowed = false }: { readonly bodyLines?: number; readonly borrowed?: boolean } = {},
): StoredMessageReader {
  const row = readMessageRow(store.parts.db, Number(account), 1);
  return new StoredMessageReader({
    bodies: store.parts.directory.bodies,
    count: 1,
    row: () => row,
    bodyLines,
    borrowed,
    slowReadMs: -1,
  });
}

async function octetsOf(
  reader: StoredMessageReader,
): Promise<{ readonly text: string; readonly chunks: number; readonly promises: number }> {
  const octets: Uint8Array[] = [];
  let promises = 0;
  for (;;) {
    const next = reader.next();
    if (next instanceof Promise) promises += 1;
    const chunk = await next;
    if (chunk === undefined) break;
    octets.push(Uint8Array.from(chunk.octets));
  }
  return { text: Buffer.concat(octets).toString(), chunks: octets.length, promises };
}

/** Body files this process has open. */
function openBodies(directory: string): number {
  return readdirSync("/proc/self/fd").filter((fd) => linkOf(fd).startsWith(join(directory, "bodies"))).length;
}

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return ""; // The descriptor the list itself was read with.
  }
}

test("a file on a slow disk is read through the thread pool, to the same octets, whole and cut for TOP", async (context) => {
  const { store, directory } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await deliver(store, account, text);
  const whole = await octetsOf(slowReader(store, account));
  assert.ok(whole.text === text);
  assert.deepEqual([whole.chunks, whole.promises], [5, 4]);
  const top = await octetsOf(slowReader(store, account, { bodyLines: 100_000 }));
  assert.ok(top.text === text.slice(0, 14 + 100_000 * 6));
  assert.equal(openBodies(directory), 0);
});

test("a file that is only borrowed is read into one piece of memory, which is freed with the reader", async (context) => {
  const { store, directory } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await deliver(store, account, text);
  assert.ok((await octetsOf(slowReader(store, account, { borrowed: true }))).text === text);
  assert.equal(openBodies(directory), 0);
  const reader = slowReader(store, account, { borrowed: true });
  const first = (await reader.next())?.octets.buffer;
  assert.equal((await reader.next())?.octets.buffer, first);
  const pending = reader.next();
  reader.close();
  assert.equal(first?.byteLength, 262_144, "the thread pool still reads into it");
  await pending;
  assert.equal(first?.byteLength, 0);
  assert.equal(openBodies(directory), 0);
});

test("a reader that is closed while the disk is slow lets go of the file", async (context) => {
  const { store, directory } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await deliver(store, account, text);
  const reader = slowReader(store, account);
  await reader.next();
  assert.equal(openBodies(directory), 1);
  const pending = reader.next();
  reader.close();
  reader.close();
  await pending;
  assert.equal(openBodies(directory), 0);
  assert.equal(await reader.next(), undefined);
});

test("a file that ends early on a slow disk is an error and is let go of", async (context) => {
  const { store, directory } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await deliver(store, account, text);
  const row = readMessageRow(store.parts.db, Number(account), 1);
  truncateSync(join(directory, "bodies", row.file?.slice(0, 2) ?? "", row.file ?? ""), 600_000);
  await assert.rejects(octetsOf(slowReader(store, account)), { code: "STORE_BROKEN" });
  assert.equal(openBodies(directory), 0);
});

test("messages read in order, backwards, pipelined and with gaps are the ones asked for", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const texts = Array.from(
    { length: 60 },
    (_, n) => `${n} ${"x".repeat((n % 7) * 9_000)}${n % 10 === 3 ? "y".repeat(70_000) : ""}\r\n`,
  );
  for (const body of texts) await deliver(store, account, body);
  await store.move(account, [5, 6, 7, 20], "Archive");
  await store.move(account, [6], "INBOX");
  const expected = [...texts.filter((_, i) => ![4, 5, 6, 19].includes(i)), texts[5]];
  const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
  assert.equal(maildrop.count, expected.length);
  const all = Array.from({ length: maildrop.count }, (_, i) => i + 1);
  const orders = [
    all,
    all.toReversed(),
    all.filter((n) => n % 3 === 0),
    [1, 2, 3, 9, 10, 11, 57, 56, 1, 1],
    all.slice(40),
  ];
  const read = async (numbers: readonly number[]): Promise<string> => {
    const reader = maildrop.read(numbers);
    const octets: Uint8Array[] = [];
    for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) octets.push(chunk.octets);
    return Buffer.concat(octets).toString();
  };
  for (const order of orders) {
    const wanted = order.map((n) => expected[n - 1]).join("");
    assert.ok((await read(order)) === wanted, `pipelined ${order.join()}`);
    let lockStep = "";
    for (const n of order) lockStep += await read([n]);
    assert.ok(lockStep === wanted, `lock-step ${order.join()}`);
  }
  await maildrop.release();
});

test("neighbours are read together, a message asked for alone is not", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  for (let n = 0; n < 50; n += 1) await deliver(store, account, "x".repeat(2_000));
  const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
  const { statistics } = store.parts.db;
  statistics.octetsMax = 0;
  for (const n of [9, 4, 17]) await maildrop.read([n]).next();
  assert.equal(statistics.octetsMax, 0);
  for (const n of [1, 2, 3]) await maildrop.read([n]).next();
  assert.ok(statistics.octetsMax > 80_000 && statistics.octetsMax <= 262_144, `${statistics.octetsMax} octets at once`);
  await maildrop.release();
});
