// A removal whose confirmation was lost, and a rule that was changed before it could be finished.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSetting, SIX, type Setting } from "./fixture.ts";

const KEEP_NONE = { server: { keep: "0" } };
const LOST_QUIT = { on: "QUIT", connection: 1, drop: 0, applies: false } as const;

const left = ({ peer }: Setting): number => peer.maildrop.messages.length;
const pending = ({ state }: Setting): number => state.known("work").filter((one) => one.pending !== undefined).length;

for (const [what, more] of [
  ["that is there", []],
  ["that one listing was without", [{ on: "login", connection: 2, sees: [] }]],
] as const)
  test(`an unconfirmed removal of a message ${what} is withdrawn when the rule keeps it now, and plan says so`, async (context) => {
    const setting = await openSetting(context, { faults: [LOST_QUIT, ...more] });
    assert.equal((await setting.run(KEEP_NONE)).unconfirmed, 6);
    if (more.length > 0) await setting.run(KEEP_NONE);
    const plan = await setting.plan();
    for (const { action, why } of plan.messages)
      assert.deepEqual(
        [action, why],
        ["skip", 'stays: it was to be removed (server.keep is "0"), and the rule of today keeps it'],
      );
    const report = await setting.run();
    assert.deepEqual([report.removed, left(setting), pending(setting)], [0, 6, 0]);
    assert.deepEqual(
      report.stayed.map(({ messages, why }) => [messages, why]),
      [[6, plan.messages[0]?.why]],
    );
    assert.match((await setting.plan()).messages[0]?.why ?? "", /^collected; stays on the server$/);
    assert.equal((await setting.run(KEEP_NONE)).removed, 6, "a rule that removes it again does");
  });

test("an unconfirmed removal is finished when today's rule, or its owner, wants it as well", async (context) => {
  const byRule = await openSetting(context, { faults: [LOST_QUIT] });
  await byRule.run(KEEP_NONE);
  byRule.aheadMs = 3_600_000;
  assert.equal((await byRule.run({ server: { keep: "1h" } })).removed, 6);
  const byOwner = await openSetting(context, { faults: [{ ...LOST_QUIT, connection: 2 }] });
  await byOwner.run();
  const asked = { fetch: new Set<string>(), remove: new Set(["peer-1"]) };
  assert.equal((await byOwner.run({}, { asked })).unconfirmed, 1);
  assert.deepEqual([(await byOwner.run()).removed, left(byOwner)], [1, 5]);
});

test("what the rule was to remove and its owner asked for later is its owner's wish", async (context) => {
  const setting = await openSetting(context, {
    messages: SIX.slice(0, 1),
    faults: [LOST_QUIT, { ...LOST_QUIT, connection: 2 }],
  });
  await setting.run(KEEP_NONE);
  const asked = { fetch: new Set<string>(), remove: new Set(["peer-1"]) };
  assert.equal((await setting.run(KEEP_NONE, { asked })).unconfirmed, 1);
  assert.deepEqual([(await setting.run()).removed, left(setting)], [1, 0]);
});
