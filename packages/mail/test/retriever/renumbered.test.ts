// A server gave its messages new unique-ids and other sizes, so that only their octets tell that they are here. That lasts
// until each of them was looked at, however many runs it takes.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { ScriptedPeerOptions } from "@restante/pop/testing";
import { maildirTexts, openSetting, openWithStore, SIX, type Setting, type SourceKeys } from "./fixture.ts";

const RENUMBERED = SIX.map((octets, i) => ({ octets, uniqueId: `new-${i}`, listedOctets: 1_000 + i }));

/** Collected in the first connection. */
async function renumbered(
  context: TestContext,
  options: ScriptedPeerOptions & { readonly keys?: SourceKeys } = {},
): Promise<Setting> {
  const setting = await openSetting(context, options);
  await setting.run({ fetch: {} });
  setting.peer.maildrop.replace(RENUMBERED);
  return setting;
}

/** What came with equal octets since is mail of its own. */
async function isOver(setting: Setting): Promise<void> {
  assert.deepEqual(setting.texts(), [...SIX].sort(), "nothing is doubled");
  setting.peer.maildrop.deliver({ octets: SIX[1] as string, uniqueId: "later" });
  const { arrived } = await setting.run();
  assert.equal(arrived.messages, 1, "after the migration equal octets are two legitimate mails");
}

test("what max_messages leaves for later runs is known by its octets then", async (context) => {
  const setting = await renumbered(context, { keys: { fetch: { max_messages: 2 } } });
  for (let run = 0; run < 3; run += 1)
    assert.deepEqual([(await setting.run()).alreadyHere, setting.texts().length], [2, 6]);
  await isOver(setting);
});

for (const [what, fault] of [
  ["is refused", { on: "RETR 3", connection: 2, answer: "-ERR not now" }],
  ["is cut off", { on: "RETR 3", connection: [2, 3], drop: 40 }],
] as const)
  test(`a message that ${what} while it is looked at is known by its octets when it comes`, async (context) => {
    const setting = await renumbered(context, { faults: [fault], keys: { pipelining: "off" } });
    assert.equal((await setting.run()).failed.length, 1);
    assert.equal((await setting.run()).arrived.messages, 0);
    assert.deepEqual([setting.state.known("work").length, setting.state.known("work")[2]?.attempts], [6, 0]);
    await isOver(setting);
  });

test("a message that is quarantined holds nothing up", async (context) => {
  const refused = { on: "RETR 3", answer: "-ERR not now", connection: 2 };
  const setting = await renumbered(context, { faults: [refused], keys: { on_bad_message: { after: 1 } } });
  assert.equal((await setting.run()).exitCode, 65);
  await setting.run();
  await isOver(setting);
});

test("what is known by its header needs no look at its octets: nothing is left to do then", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  setting.peer.maildrop.replace(SIX.slice(1).map((octets, i) => ({ octets, uniqueId: `new-${i}` })));
  assert.equal((await setting.run()).arrived.messages, 0);
  setting.peer.maildrop.deliver({ octets: SIX[0] as string, uniqueId: "later" });
  assert.equal((await setting.run()).arrived.messages, 1);
});

test("two mails of equal octets are both known by them, and a third is a mail of its own", async (context) => {
  const twin = SIX[0] as string;
  const setting = await openSetting(context, { messages: [twin, twin, ...SIX.slice(1)] });
  await setting.run();
  const names = ["a", "b", "third"].map((uniqueId, i) => ({ octets: twin, uniqueId, listedOctets: 2_000 + i }));
  setting.peer.maildrop.replace([...names, ...RENUMBERED.slice(1)]);
  const report = await setting.run();
  assert.deepEqual([report.alreadyHere, report.arrived.messages, setting.texts().length], [7, 1, 8]);
});

test("equal mails that get one unique-id between them stay what they are, known by header or by octets", async (context) => {
  const twin = SIX[0] as string;
  for (const listedOctets of [undefined, 1_000]) {
    const other = listedOctets === undefined ? {} : { listedOctets };
    const setting = await openSetting(context);
    const rest = SIX.slice(1, 4);
    const named = ["a", "b", "c"].map((uniqueId) => ({ octets: twin, uniqueId }));
    setting.peer.maildrop.replace([...named, ...rest.map((octets, i) => ({ octets, uniqueId: `old-${i}` }))]);
    await setting.run({ fetch: {} });
    setting.peer.maildrop.replace([
      ...named.map(({ octets }) => ({ octets, uniqueId: "X", ...other })),
      ...rest.map((octets, i) => ({ octets, uniqueId: `new-${i}`, ...other })),
    ]);
    for (let run = 0; run < 3; run += 1) {
      assert.equal((await setting.run()).arrived.messages, 0);
      assert.equal(setting.texts().length, 6);
    }
  }
});

test("a message that its owner removed here and asks for while it is renumbered comes, and is not removed there for it", async (context) => {
  const setting = await openWithStore(context, { keys: { server: { delete_when_deleted_locally: true } } });
  const { anna, peer } = setting;
  await setting.run();
  const [, second] = await anna.store.messages(anna.account, { after: 0, limit: 10 });
  await anna.store.remove(anna.account, [second?.messageId ?? 0]);
  peer.maildrop.replace(RENUMBERED);
  const asked = { fetch: new Set(["new-0", "new-1"]), remove: new Set<string>() };
  const { arrived, removed } = await setting.run({}, { asked });
  assert.deepEqual([arrived.messages, removed], [1, 0], "what is here is not given again");
  assert.deepEqual([...(await anna.texts())].sort(), [...SIX].sort());
  for (let run = 0; run < 2; run += 1) assert.equal((await setting.run()).removed, 0);
  assert.equal(peer.maildrop.messages.length, 6);
  assert.equal(setting.state.known("work").length, 6);
});

test("where it is still in one of two destinations, the other alone is given it", async (context) => {
  const setting = await openWithStore(context);
  const { anna } = setting;
  const keys = { deliver: [{ to: "store:anna" }, { to: `maildir:${setting.folder}/Maildir` }] };
  await setting.run(keys);
  const [, second] = await anna.store.messages(anna.account, { after: 0, limit: 10 });
  await anna.store.remove(anna.account, [second?.messageId ?? 0]);
  setting.peer.maildrop.replace(RENUMBERED);
  await setting.run(keys, { asked: { fetch: new Set(["new-1"]), remove: new Set() } });
  assert.deepEqual([...(await anna.texts())].sort(), [...SIX].sort());
  assert.deepEqual(maildirTexts(setting.folder), [...SIX].sort());
});

for (const [what, some] of [
  ["of what was looked at", RENUMBERED.slice(0, 2)],
  ["with something to look at", RENUMBERED.slice(0, 3)],
] as const)
  test(`a listing that is shorter once, ${what}, does not end it`, async (context) => {
    const setting = await renumbered(context, { keys: { fetch: { max_messages: 2 } } });
    await setting.run();
    setting.peer.maildrop.replace(some);
    await setting.run();
    setting.peer.maildrop.replace(RENUMBERED);
    for (let run = 0; run < 3; run += 1) assert.equal((await setting.run()).arrived.messages, 0);
    await isOver(setting);
  });

for (const short of [1, 2])
  test(`a listing that shows some of them, from the run that finds it on and ${short} times, does not end it`, async (context) => {
    const setting = await openSetting(context);
    await setting.run();
    for (let run = 0; run < short; run += 1) {
      setting.peer.maildrop.replace(RENUMBERED.slice(0, 4));
      assert.equal((await setting.run()).arrived.messages, 0);
    }
    setting.peer.maildrop.replace(RENUMBERED);
    const { arrived, alreadyHere } = await setting.run();
    assert.deepEqual([arrived.messages, alreadyHere], [0, 2]);
    assert.equal(setting.state.find("work")?.isMigrating, false);
    await isOver(setting);
  });

test("what three listings are without is gone, and holds it up no more", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  setting.peer.maildrop.replace(RENUMBERED.slice(0, 4));
  const lasts: (boolean | undefined)[] = [];
  for (let run = 0; run < 3; run += 1) {
    await setting.run();
    lasts.push(setting.state.find("work")?.isMigrating);
  }
  assert.deepEqual(lasts, [true, true, false]);
  setting.peer.maildrop.deliver({ octets: SIX[5] as string, uniqueId: "later" });
  assert.equal((await setting.run()).arrived.messages, 1, "equal octets are two mails then");
});

test("what the retriever itself removed makes no listing shorter", async (context) => {
  const keys = { fetch: { max_messages: 2 } };
  const setting = await renumbered(context);
  await setting.run(keys);
  assert.equal((await setting.run({ ...keys, server: { keep: "0" } })).removed, 2);
  await setting.run(keys);
  assert.equal(setting.state.find("work")?.isMigrating, false);
});
