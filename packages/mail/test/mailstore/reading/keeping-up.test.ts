// The index follows mail through whatever happens: it is killed, thrown away, damaged, away for long, without room.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { IndexState } from "../../../src/mailstore/reading-index.ts";
import { removeSearch } from "../../../src/mailstore/sqlite/reading/schema.ts";
import { addAccount, deliver, temporaryStore } from "../temporary-store.ts";
import { caughtUp, deliverMail, ids, indexedStore, subjects, wholeList, type IndexedStore } from "./indexed-store.ts";
import { plainReader } from "./plain-reader.ts";
import { snapshot } from "./snapshot.ts";

const seed = 20_261_126;
const runs = 6;
const dayMs = 24 * 3_600_000;
const view = "messages";

async function inbox({ index }: IndexedStore, account: string): Promise<readonly number[]> {
  return ids(await wholeList(index, { accounts: [account], role: "inbox", view }));
}

type Act =
  | { readonly kind: "deliver"; readonly mail: number; readonly thread: number; readonly account: 0 | 1 }
  | { readonly kind: "move"; readonly ids: readonly number[]; readonly to: string; readonly account: 0 | 1 }
  | {
      readonly kind: "mark";
      readonly ids: readonly number[];
      readonly keyword: string;
      readonly add: boolean;
      readonly account: 0 | 1;
    }
  | { readonly kind: "remove"; readonly ids: readonly number[]; readonly account: 0 | 1 }
  | { readonly kind: "reopen" };

const someIds = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });
const account = fc.constantFrom(0 as const, 1 as const);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("deliver" as const), mail: fc.nat(9), thread: fc.nat(3), account }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("move" as const),
      ids: someIds,
      to: fc.constantFrom("INBOX", "Archive", "Trash", "Junk"),
      account,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("mark" as const),
      ids: someIds,
      keyword: fc.constantFrom("$seen", "$flagged", "work"),
      add: fc.boolean(),
      account,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove" as const), ids: someIds, account }) },
  { weight: 1, arbitrary: fc.constant({ kind: "reopen" as const }) },
);

test(`an index made anew answers as the one that followed: any mix of acts, ${runs} runs, seed ${seed}`, async (context) => {
  const indexed = await indexedStore(context);
  const { store } = indexed.temporary;
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30 }), async (acts) => {
      round += 1;
      const accounts = [await addAccount(store, `a${round}`), await addAccount(store, `b${round}`)] as const;
      for (const one of acts) await doOne(indexed, accounts, one);
      for (const name of accounts) await caughtUp(indexed, name);
      const words = ["plan", "pat", "is:unread", "from:pia", "-plan in:anywhere", "会議 in:anywhere"];
      const followed = await snapshot(indexed.index, accounts, words);
      await indexed.index.close();
      removeSearch(store.parts.directory.search);
      await indexed.reopen();
      for (const name of accounts) await caughtUp(indexed, name);
      assert.deepEqual(await snapshot(indexed.index, accounts, words), followed);
    }),
    { seed, numRuns: runs },
  );
});

async function doOne(indexed: IndexedStore, accounts: readonly [string, string], one: Act): Promise<void> {
  if (one.kind === "reopen") return void (await indexed.reopen());
  const { store } = indexed.temporary;
  const name = accounts[one.account];
  switch (one.kind) {
    case "deliver":
      await deliverMail(
        indexed,
        name,
        {
          subject: one.mail % 2 === 0 ? "plan" : "会議の件",
          from: one.mail % 3 === 0 ? "Pat <pat@x.example>" : "Pia <pia@x.example>",
          // The first of a thread may be gone: the others all name it.
          ...(one.thread === 0 ? {} : { references: `<root-${one.thread}@x>` }),
        },
        { receivedAt: Date.UTC(2026, 0, 1 + one.mail) + (one.account * 100 + one.mail) * 1_000 },
      );
      break;
    case "move":
      await store.move(name, one.ids, one.to);
      break;
    case "mark":
      await store.setKeywords(name, one.ids, one.add ? { add: [one.keyword] } : { remove: [one.keyword] });
      break;
    case "remove":
      await store.remove(name, one.ids);
      break;
  }
}

test("made from nothing, the newest messages are there first, and new mail does not wait for old", async (context) => {
  const temporary = await temporaryStore(context);
  const account = await addAccount(temporary.store, "mrose");
  await Promise.all(Array.from({ length: 150 }, (_, n) => deliver(temporary.store, account, `Subject: ${n}\r\n\r\n`)));
  let letGo = (): void => {};
  const hold = new Promise<void>((resolve) => (letGo = resolve));
  const indexed = await indexedStore(context, { temporary, reader: plainReader({ hold }) });
  const batches: (readonly number[])[] = [];
  indexed.index.onIndexed(({ added }) => batches.push(added));
  await deliver(temporary.store, account, "Subject: new\r\n\r\n");
  letGo();
  await caughtUp(indexed, account);
  const order = batches.flat();
  assert.ok(order.indexOf(151) < order.indexOf(50), "new mail comes before old");
  assert.deepEqual(
    order.filter((id) => id !== 151),
    Array.from({ length: 150 }, (_, n) => 150 - n),
  );
  assert.deepEqual(indexed.index.state(), { waiting: 0, messages: 151, stopped: undefined });
  assert.equal(indexed.reader.asked, 151);
});

test("an account that is added is followed before it has mail, so that its very first is news", async (context) => {
  const indexed = await indexedStore(context);
  const arrived: (readonly number[])[] = [];
  indexed.index.onIndexed((change) => arrived.push(change.arrived));
  const { store } = indexed.temporary;
  // One that was there, and is caught up: the first look is over.
  const other = await addAccount(store, "other");
  await deliver(store, other, "Subject: old\r\n\r\n");
  await caughtUp(indexed, other);
  arrived.length = 0;
  const account = await addAccount(store, "mrose");
  assert.equal(await indexed.index.caughtUp(account, { withinMs: 10_000 }), true);
  const first = await deliver(store, account, "Subject: welcome\r\n\r\n");
  await caughtUp(indexed, account);
  assert.deepEqual(arrived.flat(), [first]);
});

test("a thread that is ended in the middle is replaced, and every message has its row once", async (context) => {
  const temporary = await temporaryStore(context);
  const account = await addAccount(temporary.store, "mrose");
  await Promise.all(Array.from({ length: 200 }, () => deliver(temporary.store, account, "Subject: x\r\n\r\n")));
  const indexed = await indexedStore(context, { temporary });
  await new Promise<void>((resolve) => {
    const end = indexed.index.onIndexed(() => resolve(end()));
  });
  await indexed.index.indexing.thread?.terminate();
  await caughtUp(indexed, account);
  assert.deepEqual(
    [...(await inbox(indexed, account))].sort((a, b) => a - b),
    Array.from({ length: 200 }, (_, n) => n + 1),
  );
  await untilState(indexed, ({ stopped }) => stopped === undefined);
  assert.deepEqual(
    indexed.problems.map((what) => what.split(":", 1)[0]),
    ["new mail is not indexed for now", "mail is indexed again"],
  );
});

test("a process that is killed in the middle goes on where it was", async (context) => {
  const temporary = await temporaryStore(context);
  const { directory } = temporary;
  const account = await addAccount(temporary.store, "mrose");
  await Promise.all(
    Array.from({ length: 400 }, (_, n) => deliver(temporary.store, account, `Subject: word${n}\r\n\r\n`)),
  );
  await temporary.store.close();
  for (let batches = 1; batches <= 3; batches += 1) await indexUntilKilled(context, { directory, account, batches });
  await temporary.reopen();
  const reader = plainReader();
  const indexed = await indexedStore(context, { temporary, reader });
  await caughtUp(indexed, account);
  assert.ok(reader.asked < 400, `${reader.asked} of 400 had to be parsed again`);
  assert.equal((await inbox(indexed, account)).length, 400);
  for (const n of [0, 200, 399]) {
    const found = await indexed.index.search({ accounts: [account], text: `word${n} `, order: "newest", limit: 5 });
    assert.deepEqual(subjects(found.rows), [`word${n}`]);
  }
});

async function indexUntilKilled(
  context: TestContext,
  o: { readonly directory: string; readonly account: string; readonly batches: number },
): Promise<void> {
  const program = fileURLToPath(new URL("./indexing-child.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    [...process.execArgv, "--conditions=restante-source", program, o.directory, o.account],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  context.after(() => child.kill("SIGKILL"));
  const exited = once(child, "exit");
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    seen += 1;
    if (seen >= o.batches || line === "whole") child.kill("SIGKILL");
  }
  await exited;
}

function untilState({ index }: IndexedStore, is: (state: IndexState) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const end = index.onState(look);
    function look(): void {
      if (!is(index.state())) return;
      end();
      resolve();
    }
    look();
  });
}

async function oneLetterIndexed(
  context: TestContext,
): Promise<{ readonly indexed: IndexedStore; readonly account: string }> {
  const indexed = await indexedStore(context);
  const account = await addAccount(indexed.temporary.store, "mrose");
  await deliverMail(indexed, account, { subject: "a" });
  await caughtUp(indexed, account);
  return { indexed, account };
}

test("a file that is damaged, of another version or not there is made anew", async (context) => {
  const { indexed, account } = await oneLetterIndexed(context);
  const { search } = indexed.temporary.store.parts.directory;
  const spoil: readonly (() => void)[] = [
    () => removeSearch(search),
    () => writeFileSync(search, "no database at all, but long enough to be looked at as one".repeat(100)),
    () => {
      const database = new DatabaseSync(search);
      database.exec("PRAGMA user_version = 999");
      database.close();
    },
  ];
  for (const [n, spoilIt] of spoil.entries()) {
    await indexed.index.close();
    spoilIt();
    await indexed.reopen();
    await caughtUp(indexed, account);
    assert.deepEqual(await inbox(indexed, account), [1], `${n}`);
  }
});

/** Scribbles over the first page of a table, in a file nobody has open or has read this page of. */
function spoilTable(path: string, table: string): void {
  const database = new DatabaseSync(path, { readOnly: true });
  const { root } = database.prepare("SELECT rootpage AS root FROM sqlite_schema WHERE name = ?").get(table) as {
    readonly root: number;
  };
  const { page_size: octets } = database.prepare("PRAGMA page_size").get() as { readonly page_size: number };
  database.close();
  const file = openSync(path, "r+");
  writeSync(file, Buffer.alloc(octets, 0xff), 0, octets, (root - 1) * octets);
  closeSync(file);
}

test("a file whose damage the first look finds is made anew", async (context) => {
  const { indexed, account } = await oneLetterIndexed(context);
  await indexed.index.close();
  spoilTable(indexed.temporary.store.parts.directory.search, "followed");
  await indexed.reopen();
  await caughtUp(indexed, account);
  assert.deepEqual(await inbox(indexed, account), [1]);
});

test("damage of mail.db is told, and costs no index", async (context) => {
  const { indexed, account } = await oneLetterIndexed(context);
  const { temporary } = indexed;
  await indexed.index.close();
  await deliverMail(indexed, account, { subject: "b" });
  await temporary.reopen();
  const { search, database } = temporary.store.parts.directory;
  const before = statSync(search).ino;
  spoilTable(database, "change");
  await indexed.reopen();
  assert.equal(await indexed.index.caughtUp(account, { withinMs: 3_000 }), false);
  assert.deepEqual(
    indexed.problems.map((what) => what.split(":", 1)[0]),
    ["new mail is not indexed for now"],
  );
  assert.equal(statSync(search).ino, before);
});

test("a damaged file that cannot be removed is told, and made anew once it can", async (context) => {
  const { indexed, account } = await oneLetterIndexed(context);
  const { search } = indexed.temporary.store.parts.directory;
  removeSearch(search);
  mkdirSync(search);
  indexed.index.indexing.thread?.emit("message", { kind: "damaged", reason: "said so" });
  await untilState(indexed, ({ stopped }) => stopped !== undefined);
  rmdirSync(search);
  await caughtUp(indexed, account);
  assert.deepEqual(await inbox(indexed, account), [1]);
});

test("one that is made anew says from the start how much waits, and of how much", async (context) => {
  const { indexed } = await oneLetterIndexed(context);
  const { temporary } = indexed;
  await indexed.index.close();
  removeSearch(temporary.store.parts.directory.search);
  let letGo = (): void => {};
  const hold = new Promise<void>((resolve) => (letGo = resolve));
  const anew = await indexedStore(context, { temporary, reader: plainReader({ hold }) });
  assert.deepEqual(anew.index.state(), { waiting: 1, messages: 1, stopped: undefined });
  letGo();
  await untilState(anew, ({ waiting }) => waiting === 0);
});

test("what comes while nothing is indexed waits, and that a disk has a little more or less free is no news", async (context) => {
  const { indexed } = await oneLetterIndexed(context);
  const told: IndexState[] = [];
  indexed.index.onState(() => told.push(indexed.index.state()));
  const stop = (free: number, waiting: number): void => {
    const reason = { kind: "disk", free, floor: 9 };
    indexed.index.indexing.thread?.emit("message", { kind: "stopped", reason, waiting, messages: 1 + waiting });
  };
  stop(7, 1);
  stop(6, 1);
  stop(5, 2);
  assert.deepEqual(indexed.problems, [
    "new mail is not indexed for now: the disk has 7 octets free; the last 9 are left to mail",
  ]);
  assert.deepEqual(
    told.map(({ waiting, stopped }) => [waiting, stopped?.kind]),
    [
      [1, undefined],
      [1, "disk"],
      [2, "disk"],
    ],
  );
});

test("without room nothing is indexed and it is said; mail goes on, and so does the index once there is room", async (context) => {
  const temporary = await temporaryStore(context);
  const account = await addAccount(temporary.store, "mrose");
  await deliver(temporary.store, account, "Subject: a\r\n\r\n");
  const indexed = await indexedStore(context, { temporary, diskFloorOctets: Number.MAX_SAFE_INTEGER });
  assert.equal(await indexed.index.caughtUp(account, { withinMs: 200 }), false);
  assert.deepEqual(
    (await indexed.index.check()).map(({ severity }) => severity),
    ["error"],
  );
  const { stopped, ...standing } = indexed.index.state();
  assert.deepEqual([stopped?.kind, standing], ["disk", { waiting: 1, messages: 1 }]);
  assert.equal((await temporary.store.messages(account, { after: 0, limit: 10 })).length, 1);
  await indexed.index.close();
  const roomy = await indexedStore(context, { temporary });
  await caughtUp(roomy, account);
  assert.deepEqual(await inbox(roomy, account), [1]);
  assert.deepEqual(await roomy.index.check(), [{ what: "all mail is indexed for reading", severity: "ok" }]);
});

test("an index that was away for longer than removals are remembered is compared anew, without parsing anew", async (context) => {
  const indexed = await indexedStore(context);
  const { temporary, reader } = indexed;
  const { store } = temporary;
  const account = await addAccount(store, "mrose");
  for (let n = 0; n < 10; n += 1) await deliverMail(indexed, account, { subject: `${n}` });
  await caughtUp(indexed, account);
  await indexed.index.close();
  await store.remove(account, [1, 5, 10]);
  await store.collectGarbage(temporary.nowMs + 31 * dayMs);
  await deliverMail(indexed, account, { subject: "new" });
  const before = reader.asked;
  await indexed.reopen();
  await caughtUp(indexed, account);
  assert.deepEqual(await inbox(indexed, account), [11, 9, 8, 7, 6, 4, 3, 2]);
  assert.equal(reader.asked - before, 1);
});

for (const after of [1, 2, 3]) {
  test(`a store restored from a backup is noticed, and has its own mail in the index, ${after} messages later`, async (context) => {
    const indexed = await indexedStore(context);
    const { temporary } = indexed;
    const account = await addAccount(temporary.store, "mrose");
    await deliverMail(indexed, account, { subject: "kept" });
    await caughtUp(indexed, account);
    await indexed.index.close();
    await temporary.store.close();
    const database = join(temporary.directory, "mail.db");
    copyFileSync(database, `${database}.backup`);
    await temporary.reopen();
    await indexed.reopen();
    for (const subject of ["lost", "lost, too"]) await deliverMail(indexed, account, { subject });
    await caughtUp(indexed, account);
    await indexed.index.close();
    await temporary.store.close();
    copyFileSync(`${database}.backup`, database);
    for (const end of ["-wal", "-shm"]) rmSync(`${database}${end}`, { force: true });
    await temporary.reopen();
    // One that goes on from where it was may have come further than the one before.
    for (let n = 0; n < after; n += 1) await deliverMail(indexed, account, { subject: "after" });
    await indexed.reopen();
    await caughtUp(indexed, account);
    const rows = await wholeList(indexed.index, { accounts: [account], role: "inbox", view });
    assert.deepEqual(subjects(rows), [...Array.from({ length: after }, () => "after"), "kept"]);
    const found = await indexed.index.search({ accounts: [account], text: "lost", order: "newest", limit: 5 });
    assert.deepEqual(found.rows, []);
  });
}

test("an index that was away for some runs of the store goes on where it was", async (context) => {
  const reader = plainReader();
  const indexed = await indexedStore(context, { reader });
  const { temporary } = indexed;
  const account = await addAccount(temporary.store, "mrose");
  await deliverMail(indexed, account, { subject: "one" });
  await caughtUp(indexed, account);
  await indexed.index.close();
  for (const subject of ["two", "three"]) {
    await temporary.reopen();
    await deliverMail(indexed, account, { subject });
  }
  const { asked } = reader;
  await indexed.reopen();
  await caughtUp(indexed, account);
  assert.equal((await inbox(indexed, account)).length, 3);
  assert.equal(reader.asked - asked, 2, "what it knew was not read again");
});
