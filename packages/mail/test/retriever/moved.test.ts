// A server whose messages have new unique-ids, seen late: after a listing that was empty, message by message, behind an
// answer that was lost, in the middle of a run. Nothing is doubled by it, and nothing that is not certainly here is passed
// over or removed.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { PeerMessage } from "@restante/pop/testing";
import { manyMessages, openSetting, openWithStore, SIX, type Setting, type SourceKeys } from "./fixture.ts";

const THIRTY = manyMessages(30);
const KEEP_NONE: SourceKeys = { server: { keep: "0" } };

/** Messages under unique-ids that begin with `tag`; `longer` octets more than they have are listed. */
function named(tag: string, texts: readonly string[] = THIRTY, longer = 0): readonly PeerMessage[] {
  return texts.map((octets, i) => ({ octets, uniqueId: `${tag}-${i}`, listedOctets: octets.length + longer }));
}

/** The same setting with a Maildir and with a store. */
const DESTINATIONS = [
  ["a Maildir", openSetting, async (setting: Setting) => setting.texts()],
  [
    "a store",
    openWithStore,
    async (setting: Setting) => (setting as Awaited<ReturnType<typeof openWithStore>>).anna.texts(),
  ],
] as const;

function codes({ warnings }: Awaited<ReturnType<Setting["run"]>>): readonly string[] {
  return warnings.map(({ code }) => code);
}

function retrieved({ peer }: Setting): number {
  return peer.commands.filter((command) => command.startsWith("RETR")).length;
}

// --- missing for a while

for (const [where, open, textsOf] of DESTINATIONS)
  for (const [what, sees] of [
    ["empty", []],
    ["of two messages", [1, 2]],
  ] as const)
    test(`new unique-ids behind a listing that was ${what} bring nothing twice into ${where}`, async (context) => {
      const setting = await open(context, { messages: named("old") });
      await setting.run();
      setting.peer.script([{ on: "login", sees }]);
      await setting.run();
      setting.peer.script([]);
      setting.peer.maildrop.replace([
        ...named("new"),
        { octets: "Subject: later\r\n\r\nx\r\n", uniqueId: "later" },
        { octets: "Subject: latest\r\n\r\nx\r\n", uniqueId: "latest" },
      ]);
      const before = retrieved(setting);
      const report = await setting.run();
      assert.deepEqual([report.arrived.messages, retrieved(setting) - before], [2, 2]);
      assert.ok(codes(report).includes("renumbered"));
      assert.equal((await textsOf(setting)).length, 32);
      assert.equal((await setting.run()).arrived.messages, 0);
    });

test("whoever looks behind an empty listing is asked about what is not known of new unique-ids", async (context) => {
  const setting = await openSetting(context, { messages: named("old") });
  await setting.run();
  setting.peer.script([{ on: "login", sees: [] }]);
  await setting.run();
  setting.peer.script([]);
  setting.peer.maildrop.replace([...named("new"), { octets: "Subject: later\r\n\r\nx\r\n", uniqueId: "later" }]);
  const { questions, messages } = await setting.plan();
  assert.deepEqual(
    questions.map((one) => [one.kind, one.messages]),
    [["migration", 1]],
  );
  assert.equal(messages.filter(({ action }) => action === "fetch").length, 1);
});

test("behind an empty listing other sizes, and headers that are not given, are no reason to collect again", async (context) => {
  for (const [longer, fault] of [
    [7, []],
    [0, [{ on: "TOP", answer: "-ERR not now" }]],
  ] as const) {
    const setting = await openSetting(context, { messages: named("old") });
    await setting.run();
    setting.peer.script([{ on: "login", sees: [] }]);
    await setting.run();
    setting.peer.script(fault);
    setting.peer.maildrop.replace(named("new", THIRTY, longer));
    const report = await setting.run();
    assert.deepEqual([report.arrived.messages, report.alreadyHere, setting.texts().length], [0, 30, 30]);
  }
});

test("a server that is filled message by message brings nothing twice", async (context) => {
  const setting = await openSetting(context, { messages: named("old") });
  await setting.run();
  for (const count of [1, 5, 12, 20, 28, 30]) {
    setting.peer.maildrop.replace(named("new").slice(0, count));
    assert.equal((await setting.run()).arrived.messages, 0);
  }
  assert.deepEqual(setting.texts(), THIRTY.toSorted());
  assert.equal(setting.state.known("work").length, 30);
});

test("where most is gone, mail that only looks like some of it comes", async (context) => {
  const daily = (body: string): string => `Subject: daily\r\n\r\n${body}\r\n`;
  const setting = await openSetting(context, { messages: [daily("one"), ...SIX] });
  await setting.run();
  setting.peer.maildrop.replace([]);
  await setting.run();
  setting.peer.maildrop.replace([{ octets: daily("two"), uniqueId: "next" }]);
  assert.equal((await setting.run()).arrived.messages, 1, "its header is not its own");
  setting.peer.maildrop.deliver({ octets: daily("one"), uniqueId: "and-next" });
  const report = await setting.run();
  assert.deepEqual([report.arrived.messages, codes(report).includes("renumbered")], [1, false]);
  assert.equal(setting.texts().length, 9);
});

// --- removals that were not confirmed

for (const [where, open, textsOf] of DESTINATIONS)
  test(`new unique-ids behind an answer to QUIT that was lost: ${where} has all of it once, and the removal goes on`, async (context) => {
    const lost = { on: "QUIT", drop: 0, applies: false, connection: 1 };
    const setting = await open(context, { messages: named("old"), faults: [lost], keys: KEEP_NONE });
    assert.equal((await setting.run()).removed, 0);
    setting.peer.maildrop.replace(named("new"));
    const report = await setting.run();
    assert.deepEqual([report.arrived.messages, report.removed, report.questions], [0, 30, []]);
    assert.deepEqual([(await textsOf(setting)).toSorted(), setting.peer.maildrop.messages], [THIRTY.toSorted(), []]);
  });

async function lostQuit(context: TestContext, o: { readonly texts: readonly string[]; readonly applies: boolean }) {
  const lost = { on: "QUIT", drop: 0, applies: o.applies, connection: 1 };
  const setting = await openSetting(context, { messages: named("old", o.texts), faults: [lost], keys: KEEP_NONE });
  await setting.run();
  return setting;
}

test("so it is with an empty listing between the two, and where headers are not given", async (context) => {
  for (const isBetween of [true, false]) {
    const setting = await lostQuit(context, { texts: SIX, applies: false });
    setting.peer.script(isBetween ? [{ on: "login", sees: [] }] : [{ on: "TOP", answer: "-ERR not now" }]);
    if (isBetween) await setting.run();
    if (isBetween) setting.peer.script([]);
    setting.peer.maildrop.replace(named("new", SIX));
    let removed = 0;
    for (let run = 0; run < 2; run += 1) {
      const report = await setting.run();
      assert.equal(report.arrived.messages, 0);
      removed += report.removed;
    }
    assert.deepEqual([removed, setting.peer.maildrop.messages.length, setting.texts()], [6, 0, SIX.toSorted()]);
  }
});

test("a message that only looks like one whose removal was not confirmed is collected before it is removed", async (context) => {
  const letter = (body: string): string => `Message-ID: <1@x>\r\n\r\n${body}\r\n`;
  const setting = await lostQuit(context, { texts: [letter("one")], applies: true });
  setting.peer.maildrop.replace([{ octets: letter("two"), uniqueId: "new" }]);
  for (let run = 0; run < 3; run += 1) await setting.run();
  assert.deepEqual(setting.texts(), [letter("one"), letter("two")]);
  assert.equal(setting.peer.maildrop.messages.length, 0);
});

test("of several that look alike none is removed that was not collected", async (context) => {
  const letter = (body: string): string => `Message-ID: <1@x>\r\n\r\n${body}\r\n`;
  const twins = ["one", "two"].map(letter);
  for (const applies of [true, false])
    for (const uniqueIds of [
      ["new-0", "new-1", "new-2"],
      ["new", "new", "new"],
    ]) {
      const setting = await lostQuit(context, { texts: twins, applies });
      const there = applies ? [letter("six")] : [letter("six"), ...twins.toReversed()];
      setting.peer.maildrop.replace(there.map((octets, i) => ({ octets, uniqueId: uniqueIds[i] as string })));
      for (let run = 0; run < 4; run += 1) await setting.run();
      const left = setting.peer.maildrop.messages.map(({ octets }) => Buffer.from(octets).toString("latin1"));
      assert.deepEqual(
        [...new Set([...setting.texts(), ...left])].toSorted(),
        [letter("one"), letter("six"), letter("two")],
        "it is here, or still there",
      );
    }
});

test("unique-ids that change in the middle of a run that removes double nothing", async (context) => {
  const setting = await openSetting(context, {
    messages: named("old", SIX),
    faults: [
      { on: "RETR 4", connection: 1, drop: 20 },
      { on: "UIDL", connection: [2, 3, 4], lines: SIX.map((_, i) => `${i + 1} new-${i}`) },
    ],
    keys: KEEP_NONE,
  });
  await setting.run();
  assert.deepEqual([setting.texts(), setting.peer.maildrop.messages.length], [SIX.toSorted(), 0]);
});

// --- what is not what it seems

test("a listing that was empty once is no word about RETR any more when all of it is there again", async (context) => {
  for (const tag of ["old", "new"]) {
    const setting = await openSetting(context, { messages: named("old") });
    await setting.run();
    setting.peer.script([{ on: "login", sees: [] }]);
    await setting.run();
    setting.peer.script([]);
    setting.peer.maildrop.replace(named(tag));
    for (let run = 0; run < 2; run += 1)
      assert.ok(!codes(await setting.run()).includes("removes-on-retr"), `${tag}, run ${run + 1}`);
    assert.equal(setting.state.find("work")?.removesOnRetr, false);
  }
});

for (const [where, open, textsOf] of DESTINATIONS)
  test(`sizes that are others at every run double nothing in ${where}, and are said to be that and nothing else`, async (context) => {
    const setting = await open(context, { messages: named("old", SIX) });
    await setting.run();
    for (const longer of [7, 14, 21]) {
      setting.peer.maildrop.replace(named("old", SIX, longer));
      const report = await setting.run();
      assert.deepEqual([report.arrived.messages, report.alreadyHere], [0, 6]);
      assert.deepEqual(codes(report), ["unique-ids-again"]);
      assert.deepEqual([(await textsOf(setting)).toSorted(), setting.state.known("work").length], [SIX.toSorted(), 6]);
    }
    assert.deepEqual((await setting.run()).warnings, []);
    const last = await setting.run(KEEP_NONE);
    assert.deepEqual([last.removed, setting.peer.maildrop.messages.length], [6, 0]);
  });
