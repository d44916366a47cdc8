// "Removed here" is what an owner removed. What went because its days here were over stays on the other server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { planSource } from "../../src/retriever/index.ts";
import { openWithStore, SIX } from "./fixture.ts";

const DAY_MS = 86_400_000;

for (const [what, server] of [
  ["delete_when_deleted_locally", { delete_when_deleted_locally: true }],
  ["keep", { keep: "1h" }],
] as const)
  test(`${what}: what its account's expiry removed here stays there, and is said to`, async (context) => {
    const setting = await openWithStore(context, { keys: { server } });
    const { store, account } = setting.anna;
    await store.directory.changeAccount(account, { expireDays: 5 });
    await setting.run();
    await store.expireMail(Date.now() + 6 * DAY_MS);
    assert.deepEqual(await setting.anna.texts(), []);
    setting.aheadMs = 2 * 3_600_000;
    const report = await setting.run();
    assert.deepEqual([report.removed, report.questions, setting.peer.maildrop.messages.length], [0, [], SIX.length]);
    assert.deepEqual(report.stayed, [
      { why: "stays: its days here were over, and it was not its owner who removed it", messages: SIX.length },
    ]);
    assert.equal(report.arrived.messages, 0, "and it does not come again by itself");
  });

test("what its owner threw away here is removed there once Trash's days are over, what expired into Trash is not", async (context) => {
  const setting = await openWithStore(context, { keys: { server: { delete_when_deleted_locally: true } } });
  const { store, account } = setting.anna;
  await store.directory.changeAccount(account, { expireDays: 5, popDelete: { kind: "trash", days: 2 } });
  await setting.run();
  const [first] = await store.messages(account, { after: 0, limit: 1 });
  await store.move(account, [first?.messageId ?? 0], "Trash");
  await store.expireMail(Date.now() + 6 * DAY_MS);
  assert.equal((await setting.run()).removed, 0, "in Trash they are still here");
  await store.collectGarbage(Date.now() + 9 * DAY_MS);
  assert.deepEqual(await setting.anna.texts(), []);
  const report = await setting.run();
  assert.deepEqual([report.removed, setting.peer.maildrop.messages.length], [1, SIX.length - 1]);
});

test("what its owner removed here and no rule removes there stays, plan says why, and only state forget brings it again", async (context) => {
  const setting = await openWithStore(context);
  const { store, account } = setting.anna;
  await setting.run();
  const removed = await store.messages(account, { after: 0, limit: 1 });
  await store.remove(
    account,
    removed.map(({ messageId }) => messageId),
  );
  const house = { ...setting.house, openStore: () => Promise.resolve(setting.anna.local) };
  const plan = await planSource(setting.source(), house);
  const why = "its owner removed it here; stays on the server (restante fetch state forget brings it again)";
  assert.deepEqual([plan.messages[0]?.action, plan.messages[0]?.why], ["skip", why]);
  assert.equal((await setting.run()).arrived.messages, 0);
  setting.state.forget("work", { uniqueIds: ["peer-1"] });
  assert.equal((await setting.run()).arrived.messages, 1);
  assert.equal((await setting.anna.texts()).length, SIX.length);
});
