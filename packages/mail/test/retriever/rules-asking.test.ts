// The third of the rules that keep mail: when to stop and ask.
import assert from "node:assert/strict";
import { copyFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test, type TestContext } from "node:test";
import type { SourceConfig } from "../../src/config/index.ts";
import { planSource, listServer, type FetchHouse } from "../../src/retriever/index.ts";
import { FetchState, runSource, statePath } from "./lease-of.ts";
import {
  manyMessages,
  openSetting,
  openStoreSetting,
  openWithStore,
  SIX,
  temporaryFolder,
  type Setting,
  type SourceKeys,
} from "./fixture.ts";

const DAY_MS = 86_400_000;
const KEEP_NONE = { server: { keep: "0" } };

const deletes = (setting: Setting): number =>
  setting.peer.commands.filter((command) => command.startsWith("DELE")).length;

test("rule 3: more than half and more than twenty old messages are removed only when somebody says so", async (context) => {
  const setting = await openSetting(context, { messages: manyMessages(21) });
  await setting.run();
  const asked = await setting.run(KEEP_NONE);
  assert.deepEqual([asked.removed, asked.questions.map(({ kind }) => kind), asked.exitCode], [0, ["many"], 75]);
  assert.match(asked.questions[0]?.text ?? "", /remove 21 of 21 messages/);
  assert.equal(deletes(setting), 0);
  setting.peer.maildrop.deliver("Subject: new\r\n\r\nx\r\n");
  const meanwhile = await setting.run(KEEP_NONE);
  assert.deepEqual([meanwhile.arrived.messages, meanwhile.removed], [1, 1], "what it itself collects is not held up");
  const allowed = await setting.run(KEEP_NONE, { allowed: new Map([["many", Infinity]]) });
  assert.deepEqual([allowed.removed, setting.peer.maildrop.messages.length], [21, 0]);
});

test("rule 3: twenty, or half of many, need no question", async (context) => {
  const twenty = await openSetting(context, { messages: manyMessages(20) });
  await twenty.run();
  assert.equal((await twenty.run(KEEP_NONE)).removed, 20);
  const half = await openSetting(context, { messages: manyMessages(42), keys: { fetch: { max_messages: 21 } } });
  await half.run();
  half.aheadMs = 2 * 3_600_000;
  assert.equal((await half.run({ server: { keep: "1h" }, fetch: { max_messages: 1 } })).removed, 21);
});

for (const [what, days] of [
  ["a year ahead", 365],
  ["two days ahead", 2],
] as const)
  test(`rule 3: a clock ${what} makes nothing old`, async (context) => {
    const setting = await openSetting(context, { keys: { server: { keep: "1d" } } });
    await setting.run();
    setting.aheadMs = days * DAY_MS;
    for (let run = 0; run < 2; run += 1) {
      const report = await setting.run();
      assert.deepEqual([report.removed, report.questions.map(({ kind }) => kind)], [0, ["clock"]]);
    }
    setting.aheadMs = 0;
    assert.deepEqual([(await setting.run()).questions, setting.peer.maildrop.messages.length], [[], 6]);
  });

test("rule 3: a clock that is right after all is believed when somebody says so, or when fresh mail does", async (context) => {
  const setting = await openSetting(context, { keys: { server: { keep: "1d" } } });
  await setting.run();
  setting.aheadMs = 3 * DAY_MS;
  assert.equal((await setting.run({}, { allowed: new Map([["clock", Infinity]]) })).removed, 6);
  setting.peer.maildrop.deliver("Subject: a\r\n\r\nx\r\n");
  await setting.run();
  setting.aheadMs = 6 * DAY_MS;
  const date = new Date(Date.now() + setting.aheadMs).toUTCString();
  setting.peer.maildrop.deliver(`Received: from a by b; ${date}\r\nSubject: b\r\n\r\nx\r\n`);
  assert.deepEqual([(await setting.run()).removed, setting.peer.maildrop.messages.length], [1, 1]);
});

test("rule 3: a clock that falls back to 1970 and recovers makes nothing old", async (context) => {
  const setting = await openSetting(context, { keys: { server: { keep: "1d" } } });
  await setting.run();
  setting.aheadMs = -Date.now();
  setting.peer.maildrop.deliver("Subject: while the clock was wrong\r\n\r\nx\r\n");
  assert.equal((await setting.run()).arrived.messages, 1);
  setting.aheadMs = 0;
  assert.deepEqual([(await setting.run()).removed, setting.peer.maildrop.messages.length], [0, 7]);
});

test("rule 3: a clock that was wrong in the first run makes nothing old once it is right", async (context) => {
  const messages = SIX.map((text) => `Received: from a by b; ${new Date().toUTCString()}\r\n${text}`);
  const setting = await openSetting(context, { messages, keys: { server: { keep: "14d" } } });
  setting.aheadMs = -400 * DAY_MS;
  assert.equal((await setting.run()).arrived.messages, 6);
  setting.aheadMs = 0;
  assert.deepEqual([(await setting.run()).removed, setting.peer.maildrop.messages.length], [0, 6]);
  setting.aheadMs = 15 * DAY_MS;
  assert.equal((await setting.run({}, { allowed: new Map([["clock", Infinity]]) })).removed, 6);
});

/** Memory of another moment in the place of today's, however it came there. */
async function restoring(
  context: TestContext,
  setting: Setting,
  put: (backup: string, path: string) => void,
): Promise<FetchHouse> {
  const path = statePath(join(setting.folder, "data"));
  await setting.run();
  setting.state.close();
  copyFileSync(path, `${path}.backup`);
  const meanwhile = FetchState.open(path);
  await runSource(setting.source(), { ...setting.house, state: meanwhile });
  meanwhile.close();
  put(`${path}.backup`, path);
  const state = FetchState.open(path);
  context.after(() => state.close());
  return { ...setting.house, state };
}

for (const [how, put] of [
  [
    "put in its place",
    (backup: string, path: string) => {
      for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
      renameSync(backup, path);
    },
  ],
  ["copied over it", copyFileSync],
] as const)
  test(`rule 3: after a backup of its memory was ${how}, old messages are removed only when somebody says so`, async (context) => {
    const setting = await openSetting(context);
    const house = await restoring(context, setting, put);
    const asked = await runSource(setting.source(KEEP_NONE), house);
    assert.deepEqual([asked.removed, asked.questions.map(({ kind }) => kind)], [0, ["restored"]]);
    const allowed = await runSource(setting.source(KEEP_NONE), {
      ...house,
      allowed: new Map([["restored", Infinity]]),
    });
    assert.equal(allowed.removed, 6);
    assert.equal(house.state.restored("work"), undefined);
  });

test("rule 3: a data directory that is moved, or copied whole, was not restored; its memory alone elsewhere was", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  setting.state.close();
  const data = join(setting.folder, "data");
  const copy = join(setting.folder, "copy");
  const alone = join(setting.folder, "alone");
  cpSync(data, copy, { recursive: true });
  mkdirSync(alone);
  copyFileSync(statePath(data), statePath(alone));
  const moved = join(setting.folder, "moved");
  renameSync(data, moved);
  for (const [folder, isRestored] of [
    [copy, false],
    [moved, false],
    [alone, true],
  ] as const) {
    const state = FetchState.open(statePath(folder));
    assert.equal(state.restored("work") !== undefined, isRestored, folder);
    state.close();
  }
});

/** The store that was collected into is lost, and an empty one is in its place. */
async function storeMadeAnew(context: TestContext, setting: Awaited<ReturnType<typeof openWithStore>>) {
  await setting.anna.close();
  for (const name of ["mail.db", "mail.db-wal", "mail.db-shm"])
    rmSync(join(setting.folder, "data", name), { force: true });
  const anna = await openStoreSetting(setting.folder);
  context.after(() => anna.close());
  return { anna, openStore: (): Promise<typeof anna.local> => Promise.resolve(anna.local) };
}

test("rule 3: a store restored from a backup gets back what it lost, and nothing old is removed before somebody says so", async (context) => {
  const setting = await openWithStore(context);
  await setting.run();
  const { anna, openStore } = await storeMadeAnew(context, setting);
  const again = await setting.run({}, { openStore });
  assert.deepEqual([again.arrived.messages, (await anna.texts()).length], [6, 6]);
  const asked = await setting.run(KEEP_NONE, { openStore });
  assert.deepEqual([asked.removed, asked.questions.map(({ kind }) => kind)], [0, ["restored"]]);
});

test("rule 3: other mail under the id of a lost copy is no copy: yes to everything removes nothing that is not here", async (context) => {
  const setting = await openWithStore(context);
  await setting.run();
  const { anna, openStore } = await storeMadeAnew(context, setting);
  const newer = manyMessages(6);
  for (const text of newer) setting.peer.maildrop.deliver(text);
  // The newer six get the ids the first six had.
  const first = await setting.run({ fetch: { order: "newest", max_messages: 6 } }, { openStore });
  assert.deepEqual([first.arrived.messages, [...(await anna.texts())].sort()], [6, [...newer].sort()]);
  const { messages } = await listServer(setting.source(), { ...setting.house, openStore }, { headersMax: 12 });
  assert.deepEqual(
    messages.map(({ copy, header }) => [copy, header?.subject]),
    [...SIX.map((_, i) => ["lost", `m${i + 1}`]), ...newer.map(() => ["there", undefined])],
  );
  const allowed = new Map([
    ["restored", Infinity],
    ["many", Infinity],
  ] as const);
  const second = await setting.run(KEEP_NONE, { openStore, allowed });
  assert.deepEqual([second.arrived.messages, second.removed], [6, 6]);
  assert.deepEqual([...(await anna.texts())].sort(), [...newer, ...SIX].sort());
});

test("rule 3: a server restored from a backup shows removed messages again: not collected, and removed only when somebody says so", async (context) => {
  const setting = await openSetting(context, { keys: KEEP_NONE });
  assert.equal((await setting.run()).removed, 6);
  setting.peer.maildrop.replace(SIX.map((octets, i) => ({ octets, uniqueId: `peer-${i + 1}` })));
  const report = await setting.run();
  assert.deepEqual(
    [report.arrived.messages, report.removed, report.questions.map(({ kind }) => kind)],
    [0, 0, ["restored"]],
  );
  assert.equal((await setting.run({}, { allowed: new Map([["restored", Infinity]]) })).removed, 6);
});

test("rule 3: what is there again and now stays is asked about once: the answer is remembered", async (context) => {
  const setting = await openSetting(context, { keys: KEEP_NONE });
  await setting.run();
  setting.peer.maildrop.replace([{ octets: SIX[0] as string, uniqueId: "peer-1" }]);
  const stays = { server: { keep: "1h" } };
  setting.peer.maildrop.deliver("Subject: old soon\r\n\r\nx\r\n");
  await setting.run({ server: { keep: "forever" } });
  setting.aheadMs = 2 * 3_600_000;
  const asked = await setting.run(stays);
  assert.deepEqual([asked.removed, asked.questions.map(({ kind }) => kind), asked.exitCode], [0, ["restored"], 75]);
  const plan = await setting.plan(stays);
  assert.deepEqual(
    plan.questions.map(({ kind }) => kind),
    ["restored"],
    "plan asks what the run asks",
  );
  const seen = await listServer(setting.source(stays), setting.house, { headersMax: 0 });
  assert.deepEqual(seen.questions, plan.questions, "and so does a look at the server");
  const settled = await setting.run({ server: { keep: "forever" } }, { allowed: new Map([["restored", Infinity]]) });
  assert.deepEqual([settled.outcome, settled.removed], ["ok", 0]);
  const after = await setting.run(stays);
  assert.deepEqual([after.questions, after.exitCode, after.removed], [[], 0, 2]);
});

test('rule 3: fetch.only "all" brings what is there again, and answers no question by that', async (context) => {
  const setting = await openSetting(context, { keys: { fetch: { only: "all" } } });
  await setting.run(KEEP_NONE);
  setting.peer.maildrop.replace([{ octets: SIX[0] as string, uniqueId: "peer-1" }]);
  assert.equal((await setting.run({ server: { keep: "forever" } })).error, undefined);
  const asked = await setting.run(KEEP_NONE);
  assert.deepEqual([asked.removed, asked.questions.map(({ kind }) => kind)], [0, ["restored"]]);
});

test("rule 3: yes for one source is no answer for another", async (context) => {
  const setting = await openSetting(context);
  const named = (name: string, keys?: SourceKeys): SourceConfig => ({ ...setting.source(keys), name });
  const { house } = setting;
  for (const name of ["one", "other"]) assert.equal((await runSource(named(name), house)).error, undefined);
  setting.state.noteRestored();
  const answered = await runSource(named("one", KEEP_NONE), { ...house, allowed: new Map([["restored", Infinity]]) });
  assert.equal(answered.removed, 6);
  setting.peer.maildrop.replace(SIX.map((octets, i) => ({ octets, uniqueId: `peer-${i + 1}` })));
  const asked = await runSource(named("other", KEEP_NONE), house);
  assert.deepEqual([asked.removed, asked.questions.map(({ kind }) => kind)], [0, ["restored"]]);
});

for (const [what, restore, isRestored] of [
  ["is taken over without a question", () => undefined, false],
  ["that was put in the place of a newer one is noticed", copyFileSync, true],
] as const)
  test(`rule 3: the memory of an earlier build ${what}`, async (context) => {
    const path = statePath(join(temporaryFolder(context), "data"));
    earlierMemory(path);
    copyFileSync(path, `${path}.backup`);
    FetchState.open(path).close();
    restore(`${path}.backup`, path);
    const state = FetchState.open(path);
    context.after(() => state.close());
    assert.equal(state.restored("work") !== undefined, isRestored);
  });

test("rule 3: an earlier build's memory without its file is noticed by device and inode, one last time", (context) => {
  const path = statePath(join(temporaryFolder(context), "data"));
  earlierMemory(path);
  copyFileSync(path, `${path}.backup`);
  renameSync(`${path}.backup`, path);
  const state = FetchState.open(path);
  context.after(() => state.close());
  assert.notEqual(state.restored("work"), undefined);
});

test("a mark that cannot be read or written is told in one line, and the memory stays usable", (context) => {
  const path = statePath(join(temporaryFolder(context), "data"));
  FetchState.open(path).close();
  rmSync(join(dirname(path), "fetch.mark"));
  mkdirSync(join(dirname(path), "fetch.mark"));
  assert.throws(() => FetchState.open(path), { name: "FetchError", code: "state", message: /fetch\.mark/ });
  rmSync(join(dirname(path), "fetch.mark"), { recursive: true });
  FetchState.open(path).close();
});

/** fetch.db with its first schema and one source, as the build wrote it that had no fetch.mark. */
function earlierMemory(path: string): void {
  mkdirSync(dirname(path));
  const db = new DatabaseSync(path);
  const schema = new URL("../../migrations/retriever/0001-fetch.sql", import.meta.url);
  db.exec(`${readFileSync(schema, "utf8")}; PRAGMA application_id = ${0x4665_7463}; PRAGMA user_version = 1`);
  const { dev, ino } = statSync(path, { bigint: true });
  db.prepare("INSERT INTO house (id, identity) VALUES (1, ?)").run(`${dev}:${ino}`);
  db.exec("INSERT INTO source (source, endpoint) VALUES ('work', 'anna@127.0.0.1:1')");
  db.close();
}

test("rule 3: plan asks, as the run does, when the store does not have what was collected", async (context) => {
  const setting = await openWithStore(context, { messages: manyMessages(3) });
  await setting.run();
  await setting.anna.close();
  for (const name of ["mail.db", "mail.db-wal", "mail.db-shm"])
    rmSync(join(setting.folder, "data", name), { force: true });
  setting.peer.maildrop.deliver("Subject: new\r\n\r\nx\r\n");
  const anna = await openStoreSetting(setting.folder);
  context.after(() => anna.close());
  const openStore = (): Promise<typeof anna.local> => Promise.resolve(anna.local);
  // One of them is safely here again, and may go.
  await setting.run({ fetch: { max_messages: 1 } }, { openStore, state: setting.state });
  setting.state.acceptRestored("work");
  const plan = await planSource(setting.source(KEEP_NONE), { ...setting.house, openStore });
  assert.deepEqual(
    plan.questions.map(({ kind }) => kind),
    ["restored"],
  );
});
