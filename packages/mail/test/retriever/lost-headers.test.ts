// Messages whose TOP ends the connection: the others come all the same, and nothing is doubled, whatever their headers were
// asked for.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PeerMessage } from "@restante/pop/testing";
import { manyMessages, openSetting, type Setting } from "./fixture.ts";

const TWELVE = manyMessages(12);
const [OLD, NEW] = [TWELVE.slice(0, 6), TWELVE.slice(6)];

function named(tag: string, texts: readonly string[]): readonly PeerMessage[] {
  return texts.map((octets, i) => ({ octets, uniqueId: `${tag}-${i}` }));
}

const LEFT = "left for the next run: the connection was lost while its header came";
const leftOf = ({ stayed }: Awaited<ReturnType<Setting["run"]>>): number =>
  stayed.find(({ why }) => why === LEFT)?.messages ?? 0;

test("where another program empties the mailbox, a message that ends every session holds up no other, and is quarantined", async (context) => {
  const setting = await openSetting(context, { messages: named("old", OLD), keys: { on_bad_message: { after: 2 } } });
  await setting.run();
  setting.peer.maildrop.replace([]);
  await setting.run();
  setting.peer.maildrop.replace(named("new", NEW));
  setting.peer.script([{ on: /^(?:TOP|RETR) 2$|^TOP 2 /, drop: 0 }]);
  assert.equal((await setting.run()).arrived.messages, 5);
  const second = await setting.run();
  assert.deepEqual(
    [second.exitCode, second.failed.map(({ uniqueId, quarantined }) => [uniqueId, quarantined])],
    [65, [["new-1", true]]],
  );
  assert.equal(setting.texts().length, 11);
});

for (const [which, isEmptied] of [
  ["at once", false],
  ["behind an empty listing", true],
] as const)
  test(`a message that only TOP ends the session at comes with the others that take the place of old mail ${which}`, async (context) => {
    const setting = await openSetting(context, { messages: named("old", OLD) });
    await setting.run();
    if (isEmptied) setting.peer.maildrop.replace([]);
    if (isEmptied) await setting.run();
    setting.peer.maildrop.replace(named("new", NEW));
    setting.peer.script([{ on: "TOP 2", drop: 0 }]);
    const report = await setting.run();
    assert.deepEqual([report.arrived.messages, report.exitCode, setting.texts().length], [6, 0, 12]);
    assert.equal((await setting.run()).arrived.messages, 0);
  });

for (const [on, where] of [
  ["TOP 2", "at one of them"],
  [/^TOP [1-5] /, "at all but one"],
  ["TOP", "at each of them"],
] as const)
  for (const isEmptied of [false, true])
    test(`new unique-ids double nothing where TOP ends the session ${where}${isEmptied ? ", behind an empty listing" : ""}`, async (context) => {
      const setting = await openSetting(context, { messages: named("old", OLD) });
      await setting.run();
      if (isEmptied) setting.peer.maildrop.replace([]);
      if (isEmptied) await setting.run();
      setting.peer.maildrop.replace(named("new", OLD));
      setting.peer.script([{ on, drop: 0 }]);
      const report = await setting.run();
      assert.deepEqual([report.arrived.messages, report.exitCode, setting.texts().length], [0, 0, 6]);
      setting.peer.script([]);
      const next = await setting.run();
      assert.deepEqual([next.arrived.messages, next.alreadyHere, setting.texts().length], [0, 0, 6]);
    });

test("one that is there alone under a new unique-id is known by its octets where its header is lost", async (context) => {
  const setting = await openSetting(context, { messages: named("old", OLD) });
  await setting.run();
  setting.peer.maildrop.replace([]);
  await setting.run();
  setting.peer.maildrop.replace(named("new", OLD.slice(0, 1)));
  setting.peer.script([{ on: "TOP", drop: 0 }]);
  const report = await setting.run();
  assert.deepEqual([report.arrived.messages, report.exitCode, setting.texts().length], [0, 0, 6]);
});

for (const [what, options] of [
  ["have no unique-id", { without: ["UIDL"] }],
  ["share one", { messages: TWELVE.slice(0, 6).map((octets) => ({ octets, uniqueId: "same" })) }],
] as const)
  for (const isKnown of [false, true])
    test(`of messages that ${what}, one whose header is lost waits, ${isKnown ? "and is doubled by no run" : "and comes when it can"}`, async (context) => {
      const setting = await openSetting(context, { messages: OLD, ...options });
      if (isKnown) await setting.run();
      setting.peer.script([{ on: "TOP 2", drop: 0 }]);
      setting.peer.maildrop.deliver({ octets: NEW[0] ?? "", uniqueId: "same" });
      for (const arrived of [isKnown ? 1 : 6, 0]) {
        const report = await setting.run();
        assert.deepEqual([report.arrived.messages, leftOf(report), report.exitCode], [arrived, 1, 0]);
      }
      setting.peer.script([]);
      assert.equal((await setting.run()).arrived.messages, isKnown ? 0 : 1);
      assert.deepEqual(setting.texts(), [...OLD, ...NEW.slice(0, 1)].toSorted());
      const cleaned = await setting.run({ server: { keep: "0" } });
      assert.deepEqual([cleaned.removed, setting.peer.maildrop.messages.length], [7, 0]);
    });

test("where headers alone are wanted, one that ends the session holds up no other, and is quarantined", async (context) => {
  const setting = await openSetting(context, {
    messages: named(
      "old",
      OLD.map((octets) => `${octets}${"x".repeat(70)}\r\n`.padEnd(1_100, "x\r\n")),
    ),
    keys: { fetch: { max_size: "1kB", oversize: "headers" }, on_bad_message: { after: 2 } },
    faults: [{ on: "TOP 1", drop: 0 }],
  });
  assert.equal((await setting.run()).headersOnly, 5);
  for (let run = 0; run < 3; run += 1) await setting.run();
  const last = await setting.run();
  assert.deepEqual(
    last.failed.map(({ uniqueId, quarantined }) => [uniqueId, quarantined]),
    [["old-0", true]],
  );
});
