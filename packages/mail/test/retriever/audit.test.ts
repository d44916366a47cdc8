// What the audit says of a message's removal, whatever the server calls the message by then.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { FetchState, statePath } from "./lease-of.ts";
import { openSetting, openWithStore, SIX, temporaryFolder, type Setting } from "./fixture.ts";

const KEEP_NONE = { server: { keep: "0" } };

/** Unique-ids of rows, as they were stored, and whether the audit says that the message was removed. */
function audited({ state }: Pick<Setting, "state">): readonly (readonly [string, boolean])[] {
  return state.audit({ limit: 100 }).map(({ uniqueId, removedAt }) => [uniqueId, removedAt !== undefined]);
}

for (const [what, listed] of [
  ["known by size and header", undefined],
  ["known by its octets", 1_000],
] as const)
  test(`a message that got a new unique-id and is ${what} is removed in the audit when it is removed there`, async (context) => {
    const setting = await openSetting(context);
    await setting.run();
    setting.peer.maildrop.replace(
      SIX.map((octets, i) => ({
        octets,
        uniqueId: `new-${i}`,
        ...(listed === undefined ? {} : { listedOctets: listed + i }),
      })),
    );
    await setting.run();
    assert.equal((await setting.run(KEEP_NONE)).removed, 6);
    assert.deepEqual(
      audited(setting),
      SIX.map((_, i) => [`peer-${i + 1}`, true]),
    );
  });

test("of two equal messages with one unique-id, the audit says which was removed", async (context) => {
  const twin = "Subject: m\r\n\r\nText.\r\n";
  const messages = [twin, twin].map((octets) => ({ octets, uniqueId: "same" }));
  const faults = [{ on: "DELE 2", answer: "-ERR not now" }];
  const setting = await openWithStore(context, { messages, faults, keys: KEEP_NONE });
  await setting.run();
  assert.equal(setting.peer.maildrop.messages.length, 1);
  assert.deepEqual(audited(setting).toSorted(), [
    ["same", false],
    ["same", true],
  ]);
});

test("a memory that was forgotten and made anew says of every time a message was stored that it was removed", async (context) => {
  const setting = await openWithStore(context);
  await setting.run();
  setting.state.forgetSource("work");
  await setting.run();
  assert.equal((await setting.run(KEEP_NONE)).removed, 6);
  assert.deepEqual(
    audited(setting).map(([, isRemoved]) => isRemoved),
    Array<boolean>(12).fill(true),
  );
});

test("what was stored twice is told once among what was removed, each of two twins too", async (context) => {
  const twin = "Subject: m\r\n\r\nText.\r\n";
  const twins = [twin, twin].map((octets) => ({ octets, uniqueId: "same" }));
  const setting = await openWithStore(context, { messages: [...SIX.slice(0, 2), ...twins] });
  await setting.run();
  setting.state.forgetSource("work");
  await setting.run();
  await setting.run({ fetch: { only: "all" } });
  assert.equal((await setting.run(KEEP_NONE)).removed, 4);
  const removals = setting.state.removals({ source: "work", limit: 100 });
  assert.deepEqual(removals.map(({ uniqueId }) => uniqueId).toSorted(), ["peer-1", "peer-2", "same", "same"]);
});

test("a number that is given to another message takes no removal along", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  setting.state.forgetSource("work");
  setting.peer.maildrop.replace([{ octets: "Subject: other\r\n\r\nx\r\n", uniqueId: "other" }]);
  await setting.run(KEEP_NONE);
  assert.deepEqual(audited(setting), [...SIX.map((_, i) => [`peer-${i + 1}`, false]), ["other", true]]);
});

test("rows of an earlier build are given to the one message they can be of, renumbered or not", (context) => {
  const path = statePath(join(temporaryFolder(context), "data"));
  mkdirSync(dirname(path));
  const db = new DatabaseSync(path);
  for (const name of ["0001-fetch", "0002-removed-by-absence", "0003-restored-by-source"])
    db.exec(readFileSync(new URL(`../../migrations/retriever/${name}.sql`, import.meta.url), "utf8"));
  db.exec(`PRAGMA application_id = ${0x4665_7463}; PRAGMA user_version = 3`);
  const message = db.prepare(
    `INSERT INTO message (message_id, source, unique_id, octets, key_hash, state, sha256, first_seen_at, collected_at)
     VALUES (?, 'work', CAST(? AS BLOB), 9, ?, 'collected', ?, 1, ?)`,
  );
  message.run(1, "same", "", "a", 10);
  message.run(2, "new", "", "b", 20);
  message.run(3, "twin", "h", "c", 30);
  message.run(4, "twin", "h#2", "c", 30);
  message.run(5, "later", "", "d", 50);
  const stored = db.prepare(
    `INSERT INTO audit (source, unique_id, octets, sha256, stored_at, destinations)
     VALUES ('work', CAST(? AS BLOB), 9, ?, ?, '[]')`,
  );
  for (const row of [
    ["same", "a", 10],
    ["old", "b", 20],
    ["twin", "c", 30],
    ["twin", "c", 30],
    ["gone", "d", 40],
  ] as const)
    stored.run(...row);
  db.close();
  const state = FetchState.open(path);
  context.after(() => state.close());
  const removed = (id: number): readonly string[] => {
    const before = new Set(audited({ state }).flatMap(([name, is], at) => (is ? [`${at} ${name}`] : [])));
    state.committed([id], 60);
    return audited({ state }).flatMap(([name, is], at) => (is && !before.has(`${at} ${name}`) ? [name] : []));
  };
  assert.deepEqual(removed(1), ["same"]);
  assert.deepEqual(removed(2), ["old"], "renumbered since");
  assert.deepEqual(removed(3), ["twin", "twin"], "nobody knows which");
  assert.deepEqual(removed(5), [], "stored at another moment, under another unique-id: another message");
});
