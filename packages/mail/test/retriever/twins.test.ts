// Equal messages are as many mails (rule 4), also where they share a unique-id or have only their header as a name.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSetting, openWithStore, SIX, type SourceKeys } from "./fixture.ts";

const KEEP_NONE = { server: { keep: "0" } };
const TWIN = "Subject: m\r\n\r\nText.\r\n";
const THREE = [TWIN, TWIN, TWIN];

const shared = THREE.map((octets) => ({ octets, uniqueId: "same" }));
const TOP_REFUSED = [{ on: "TOP", answer: "-ERR not now" }];
const SERVERS = [
  { what: "have only their header as a name", options: { messages: THREE, without: ["UIDL"] } },
  { what: "share a unique-id", options: { messages: shared } },
  { what: "share a unique-id and show no header", options: { messages: shared, faults: TOP_REFUSED } },
];

for (const { what, options } of SERVERS) {
  for (const commit of [1, 2, 100])
    test(`equal messages that ${what} are all here when they were removed, ${commit} a session`, async (context) => {
      const keys: SourceKeys = { ...KEEP_NONE, commit_every: commit };
      const maildir = await openSetting(context, { ...options, keys });
      assert.deepEqual([(await maildir.run()).questions, maildir.peer.maildrop.messages], [[], []]);
      assert.deepEqual(maildir.texts(), THREE);
      const store = await openWithStore(context, { ...options, keys });
      assert.deepEqual([(await store.run()).questions, store.peer.maildrop.messages], [[], []]);
      assert.deepEqual(await store.anna.texts(), THREE);
    });

  test(`equal messages that ${what} and stay there are here once each, also when the memory is lost`, async (context) => {
    const setting = await openWithStore(context, options);
    for (let run = 0; run < 2; run += 1) await setting.run();
    assert.deepEqual(await setting.anna.texts(), THREE);
    setting.state.forgetSource("work");
    await setting.run();
    assert.deepEqual(await setting.anna.texts(), THREE);
    await setting.run({ ...KEEP_NONE, commit_every: 1 });
    assert.deepEqual(await setting.anna.texts(), THREE);
  });
}

test("a twin that comes later is a mail of its own beside the one that was alone", async (context) => {
  const setting = await openSetting(context, { messages: shared.slice(0, 1) });
  await setting.run();
  setting.peer.maildrop.replace(shared.slice(0, 2));
  assert.equal((await setting.run()).arrived.messages, 1);
  assert.deepEqual(setting.texts(), [TWIN, TWIN]);
  assert.deepEqual(
    setting.state.known("work").map(({ keyHash }) => keyHash.replace(/^\w+/, "")),
    ["", "#2"],
  );
});

test("a server that numbers what is left anew makes no twin out of what this run removed", async (context) => {
  const numbered = (count: number) => THREE.slice(0, count).map((octets, i) => ({ octets, uniqueId: `${i + 1}` }));
  for (const faults of [[], TOP_REFUSED]) {
    const setting = await openSetting(context, {
      messages: numbered(3),
      faults,
      keys: { ...KEEP_NONE, commit_every: 1 },
    });
    let left = 3;
    const checkpoint = (step: string): void => {
      if (step === "committed") setting.peer.maildrop.replace(numbered((left -= 1)));
    };
    assert.deepEqual([(await setting.run({}, { checkpoint })).questions, left, setting.texts()], [[], 0, THREE]);
  }
});

test("a server that says +OK and removes nothing makes no twins: each message is here once, and the run ends", async (context) => {
  const messages = SIX.map((octets, i) => ({ octets, uniqueId: `u${i}` }));
  const setting = await openSetting(context, { messages, keys: { ...KEEP_NONE, commit_every: 4 } });
  const checkpoint = (step: string): void => {
    if (step === "committed") setting.peer.maildrop.replace(messages);
  };
  const report = await setting.run({}, { checkpoint });
  assert.deepEqual([report.arrived.messages, setting.texts().length], [6, 6]);
  assert.ok(setting.peer.connections.length <= 3);
});
