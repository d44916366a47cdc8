// The packed maildrop against a plain list, at the sizes where its parts fill up, and under any mix of changes.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import fc from "fast-check";
import { migrate } from "../../src/mailstore/sqlite/migrate.ts";
import { readEntries, readHead } from "../../src/mailstore/sqlite/snapshot.ts";
import { Statements } from "../../src/mailstore/sqlite/statements.ts";
import { appendEntries, removeEntries, type PackedEntry } from "../../src/mailstore/sqlite/write/packed-maildrop.ts";

const seed = 20_260_101;

function emptyMaildrop(): Statements {
  const db = new Statements(new DatabaseSync(":memory:"));
  migrate(db.database, { path: "memory" });
  // A neighbour on either side, which must not be touched.
  for (const account of [1, 2, 3]) {
    db.run(
      "INSERT INTO account (account_id, name, pop_delete, uidl_epoch, created_at) VALUES (?, 'x', 'hide', 1, 0)",
      account,
    );
    db.run("INSERT INTO maildrop (account_id) VALUES (?)", account);
  }
  for (const account of [1, 3]) appendEntries(db, account, entries(1, 2_000));
  return db;
}

function entries(from: number, count: number): PackedEntry[] {
  return Array.from({ length: count }, (_, i) => ({ messageId: from + i, octets: (from + i) * 3 }));
}

function assertHolds(db: Statements, expected: readonly PackedEntry[]): void {
  const head = readHead(db, 2);
  assert.ok(head !== undefined);
  assert.equal(head.count, expected.length);
  assert.equal(
    head.octets,
    expected.reduce((sum, { octets }) => sum + octets, 0),
  );
  assert.deepEqual(
    [...readEntries(db, 2, head)],
    expected.flatMap(({ messageId, octets }) => [messageId, octets]),
  );
}

function segmentSizes(db: Statements): readonly number[] {
  return db
    .all<{ n: number }>(
      "SELECT length(entries) / 16 AS n FROM maildrop_segment WHERE segment_id / 1048576 = 2 ORDER BY segment_id",
    )
    .map(({ n }) => n);
}

for (const size of [0, 1, 127, 128, 129, 1_023, 1_024, 1_025, 2_047, 2_048, 2_049]) {
  test(`a maildrop of ${size} messages, delivered one by one, loses its first, middle and last`, () => {
    const db = emptyMaildrop();
    let list = entries(1, size);
    for (const entry of list) appendEntries(db, 2, [entry]);
    assertHolds(db, list);
    for (const messageId of [1, Math.ceil(size / 2), size]) {
      removeEntries(db, 2, new Set([messageId]));
      list = list.filter((entry) => entry.messageId !== messageId);
      assertHolds(db, list);
    }
    removeEntries(db, 2, new Set(list.map(({ messageId }) => messageId)));
    assertHolds(db, []);
    assert.deepEqual(segmentSizes(db), []);
    appendEntries(db, 2, entries(9_000, 300));
    assertHolds(db, entries(9_000, 300));
    for (const account of [1, 3]) assert.equal(readHead(db, account)?.count, 2_000);
  });
}

test("segments hold 1,024 entries, the rest is in the tail", () => {
  const db = emptyMaildrop();
  for (const entry of entries(1, 2_500)) appendEntries(db, 2, [entry]);
  assert.deepEqual(segmentSizes(db), [1_024, 1_024, 384]);
  assert.equal(readHead(db, 2)?.tail.length, (2_500 - 2_048 - 384) * 16);
});

test("sparse segments are put together, so that a maildrop that is emptied slowly stays quick to open", () => {
  const db = emptyMaildrop();
  appendEntries(db, 2, entries(1, 10 * 1_024));
  const gone = entries(1, 10 * 1_024).filter(({ messageId }) => messageId % 10 !== 0);
  for (let i = 0; i < gone.length; i += 500) {
    removeEntries(db, 2, new Set(gone.slice(i, i + 500).map(({ messageId }) => messageId)));
  }
  assert.ok(segmentSizes(db).length <= 2, segmentSizes(db).join());
  assertHolds(
    db,
    entries(1, 10 * 1_024).filter(({ messageId }) => messageId % 10 === 0),
  );
});

test("every change raises the version, and removing what is not there is none", () => {
  const db = emptyMaildrop();
  const version = () => readHead(db, 2)?.version;
  appendEntries(db, 2, entries(1, 5));
  assert.equal(version(), 1);
  removeEntries(db, 2, new Set([2]));
  assert.equal(version(), 2);
  removeEntries(db, 2, new Set([2, 77]));
  assert.equal(version(), 2);
});

test(`any mix of deliveries, removals and returns leaves what a list would hold: 60 runs, seed ${seed}`, () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("deliver" as const), count: fc.integer({ min: 1, max: 700 }) }),
    fc.record({ kind: fc.constant("remove" as const), every: fc.integer({ min: 1, max: 5 }), from: fc.nat(3_000) }),
    // Moved away and back: an old message-id at the end of the list.
    fc.record({ kind: fc.constant("return" as const), every: fc.integer({ min: 2, max: 50 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const db = emptyMaildrop();
      let list: PackedEntry[] = [];
      let next = 1;
      const take = (gone: ReadonlySet<number>) => {
        removeEntries(db, 2, gone);
        list = list.filter(({ messageId }) => !gone.has(messageId));
      };
      const give = (given: readonly PackedEntry[]) => {
        if (given.length > 0) appendEntries(db, 2, given);
        list = [...list, ...given];
      };
      for (const { kind, ...o } of steps) {
        if ("count" in o) {
          give(entries(next, o.count));
          next += o.count;
        } else {
          const chosen = list.filter((_, i) => i % o.every === 0 && i >= ("from" in o ? o.from : 0));
          take(new Set(chosen.map(({ messageId }) => messageId)));
          if (kind === "return") give(chosen);
        }
        assertHolds(db, list);
      }
    }),
    { seed, numRuns: 60 },
  );
});
