import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { NotAStoreError, openSqliteMailstore, SchemaTooNewError, StoreOwnedError } from "../../src/mailstore/index.ts";
import { migrate, migrations, schemaVersion } from "../../src/mailstore/sqlite/migrate.ts";
import { childOwner } from "./child-owner.ts";
import { addAccount, deliver, maildropTexts, temporaryStore } from "./temporary-store.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

test("a new data directory is for its owner's eyes only", async (context) => {
  const { directory, store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await deliver(store, account, "x".repeat(70_000));
  const modes = readdirSync(directory, { recursive: true, withFileTypes: true }).map((entry) => {
    const { mode } = statSync(join(entry.parentPath, entry.name));
    return `${entry.isDirectory() ? "directory" : "file"} ${(mode & 0o777).toString(8)}`;
  });
  assert.deepEqual([...new Set(modes)].sort(), ["directory 700", "file 600"]);
  assert.equal((statSync(directory).mode & 0o777).toString(8), "700");
});

test("a folder that held other things keeps its mode, and what is put into it is closed", async (context) => {
  const directory = temporaryDirectory(context);
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o755);
  writeFileSync(join(directory, "somebody's"), "");
  const store = await openSqliteMailstore({ directory });
  await store.close();
  const mode = (name: string): string => (statSync(join(directory, name)).mode & 0o777).toString(8);
  assert.deepEqual([mode("."), mode("mail.db"), mode("bodies")], ["755", "600", "700"]);
});

test("the database has the page size, log and durability it was designed with", async (context) => {
  const { store } = await temporaryStore(context);
  const { db } = store.parts;
  assert.deepEqual({ ...db.get("PRAGMA page_size") }, { page_size: 16_384 });
  assert.deepEqual({ ...db.get("PRAGMA journal_mode") }, { journal_mode: "wal" });
  assert.equal(schemaVersion(db.database), migrations().length);
});

test("a second owner in another process is refused and told the first one's pid", async (context) => {
  const directory = temporaryDirectory(context);
  const child = childOwner(context, directory);
  const pid = await child.ask<number>("open");
  await assert.rejects(openSqliteMailstore({ directory }), (error) => {
    assert.ok(error instanceof StoreOwnedError);
    assert.equal(error.pid, pid);
    assert.match(error.message, new RegExp(`in use by process ${pid}:`));
    return true;
  });
  await child.ask("close");
  await (await openSqliteMailstore({ directory })).close();
});

test("a second owner in the same process is refused, and the first one keeps its lock", async (context) => {
  const { directory } = await temporaryStore(context);
  await assert.rejects(openSqliteMailstore({ directory }), { name: "StoreOwnedError", pid: process.pid });
  const child = childOwner(context, directory);
  await assert.rejects(child.ask("open"), { name: "StoreOwnedError", pid: process.pid });
});

test("a killed owner leaves no lock, its acknowledged mail is there, and its leases are void", async (context) => {
  const directory = temporaryDirectory(context);
  const child = childOwner(context, directory);
  await child.ask("open");
  const account = await child.ask<string>("account mrose");
  await Promise.all([1, 2, 3].map((n) => child.ask(`deliver message ${n}`)));
  await child.ask(`fill 100000`);
  assert.equal(await child.ask("hold"), 4);
  const epoch = await child.ask<number>("epoch");
  await child.kill();

  const { store } = await temporaryStore(context, { directory });
  assert.equal(store.parts.epoch, epoch + 1);
  const texts = await maildropTexts(store, account);
  assert.deepEqual(texts.slice(0, 3), ["message 1\r\n", "message 2\r\n", "message 3\r\n"]);
  assert.equal(texts[3]?.length, 100_002);
  const lease = { account: Number(account), epoch, fence: 0, token: "of the session that was killed" };
  assert.equal(await store.parts.writer.run("commit", { lease, messageIds: [1], now: 0 }), "lost-lease");
  assert.equal((await maildropTexts(store, account)).length, 4);
});

test("a clean stop keeps the epoch", async (context) => {
  const temporary = await temporaryStore(context);
  const { epoch } = temporary.store.parts;
  assert.equal((await temporary.reopen()).parts.epoch, epoch);
});

test("a clean stop leaves no log to recover", async (context) => {
  const { directory, store } = await temporaryStore(context);
  await deliver(store, await addAccount(store, "mrose"), "a");
  await store.close();
  assert.deepEqual(readdirSync(directory).sort(), ["bodies", "mail.db", "owner.lock", "reserve"]);
});

test("closing twice is closing once, and a closed store refuses", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await Promise.all([store.close(), store.close()]);
  await assert.rejects(store.open(account, { holder: "late", onBusy: "reject" }), { code: "STORE_UNAVAILABLE" });
});

test("a clock that jumps a day back or forth takes no lease and loses no mail", async (context) => {
  const temporary = await temporaryStore(context);
  const { store } = temporary;
  const account = await addAccount(store, "mrose");
  for (const text of ["a", "b", "c"]) await deliver(store, account, text);
  const held = await store.open(account, { holder: "first", onBusy: "reject" });
  for (const days of [1, -2, 3]) {
    temporary.nowMs += days * 86_400_000;
    await assert.rejects(store.open(account, { holder: "second", onBusy: "reject" }), { code: "MAILDROP_IN_USE" });
    await deliver(store, account, `${days}`);
    await store.collectGarbage();
  }
  assert.equal(await held.commit(new Set([1])), "done");
  assert.deepEqual(await maildropTexts(store, account), ["b\r\n", "c\r\n", "1\r\n", "-2\r\n", "3\r\n"]);
  // Time that only goes forward decides who is idle.
  const idle = await store.open(account, { holder: "first", onBusy: "reject" });
  temporary.monotonicMs += 60_001;
  await (await store.open(account, { holder: "second", onBusy: "reject" })).release();
  assert.equal(await idle.commit(new Set([1])), "lost-lease");
});

test("a store of a newer build is refused, saying both versions, and is not touched", async (context) => {
  const directory = temporaryDirectory(context);
  await (await openSqliteMailstore({ directory })).close();
  const path = join(directory, "mail.db");
  const newer = new DatabaseSync(path);
  newer.exec("PRAGMA user_version = 9000");
  newer.close();
  const before = readFileSync(path);
  await assert.rejects(openSqliteMailstore({ directory }), (error) => {
    assert.ok(error instanceof SchemaTooNewError);
    assert.deepEqual([error.found, error.known], [9_000, migrations().length]);
    assert.match(error.message, /has schema version 9000, this build knows up to \d+/);
    return true;
  });
  assert.ok(readFileSync(path).equals(before));
});

test("a refused opening gives the lock back", async (context) => {
  const directory = temporaryDirectory(context);
  writeFileSync(
    join(directory, "mail.db"),
    "this is not a database, but it is longer than a header of SQLite's ".repeat(20),
  );
  await assert.rejects(openSqliteMailstore({ directory }), NotAStoreError);
  await assert.rejects(openSqliteMailstore({ directory }), NotAStoreError);
});

test("somebody else's database is not taken for a store", async (context) => {
  const directory = temporaryDirectory(context);
  const other = new DatabaseSync(join(directory, "mail.db"));
  other.exec("CREATE TABLE recipes (name TEXT)");
  other.close();
  await assert.rejects(openSqliteMailstore({ directory }), NotAStoreError);
});

test("a migration that fails leaves the store at the version before", (context) => {
  const folder = join(temporaryDirectory(context), "migrations");
  mkdirSync(folder);
  writeFileSync(join(folder, "0001-first.sql"), "CREATE TABLE a (x);");
  writeFileSync(join(folder, "0002-second.sql"), "CREATE TABLE b (x); CREATE TABLE a (x);");
  const url = pathToFileURL(`${folder}/`);
  const database = new DatabaseSync(":memory:");
  assert.throws(
    () => migrate(database, { path: "a store", folder: url }),
    /migration 0002-second.sql failed, the store is as it was/,
  );
  assert.equal(schemaVersion(database), 1);
  assert.deepEqual(tables(database), ["a"]);

  writeFileSync(join(folder, "0002-second.sql"), "CREATE TABLE b (x);");
  writeFileSync(join(folder, "0003-third.sql"), "INSERT INTO b VALUES (1);");
  migrate(database, { path: "a store", folder: url });
  assert.equal(schemaVersion(database), 3);
  assert.deepEqual(tables(database), ["a", "b"]);
  database.close();
});

test("a missing migration number is a mistake of the build and is said at once", (context) => {
  const folder = temporaryDirectory(context);
  writeFileSync(join(folder, "0001-first.sql"), "");
  writeFileSync(join(folder, "0003-third.sql"), "");
  assert.throws(() => migrations(pathToFileURL(`${folder}/`)), /0003-third.sql is not number 2/);
});

test("an older epoch or fence removes nothing, and a known token is answered again", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await deliver(store, account, "a");
  const { epoch, writer } = store.parts;
  const lease = { account: Number(account), epoch, fence: 0, token: "t1" };
  const ask = (o: Partial<typeof lease>) =>
    writer.run("commit", { lease: { ...lease, ...o }, messageIds: [1], now: 0 });
  assert.equal(await ask({ epoch: epoch - 1 }), "lost-lease");
  assert.equal(await ask({ fence: 1 }), "lost-lease");
  assert.equal((await maildropTexts(store, account)).length, 1);
  assert.equal(await ask({}), "done");
  await writer.run("fence", { account: Number(account) });
  assert.equal(await ask({}), "done");
  assert.equal(await ask({ token: "t2" }), "lost-lease");
});

function tables(database: DatabaseSync): readonly unknown[] {
  return database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map((row) => row["name"]);
}

test("a damaged database is examined all the same, and the finding says what to do", async (context) => {
  const temporary = await temporaryStore(context);
  const account = await addAccount(temporary.store, "mrose");
  await deliver(temporary.store, account, "octets");
  await temporary.store.close();
  const path = join(temporary.directory, "mail.db");
  const database = readFileSync(path);
  // All but the schema and what comes right behind it.
  writeFileSync(path, database.fill(0xa5, 4 * 16_384));
  await temporary.reopen();
  const errors = (await temporary.store.check()).filter(({ severity }) => severity === "error");
  assert.ok(errors.length > 0);
  for (const { what, repair } of errors) {
    assert.match(what, /damaged|malformed|invalid|corrupt|Tree|page/i);
    assert.match(repair ?? "", /restore a backup/);
  }
  assert.equal(new Set(errors.map(({ what }) => what)).size, errors.length);
});
