// Servers that give a unique-id again, to other mail of the same size: it is not the message that had it before.
import assert from "node:assert/strict";
import { test } from "node:test";
import { markSeen } from "../../src/retriever/index.ts";
import { openSetting, type Setting } from "./fixture.ts";

const KEEP_NONE = { server: { keep: "0" } };
const KEEP_8_HOURS = { server: { keep: "8h" } };
const HOURS_MS = 3_600_000;

/** Mail of one size. */
const mail = (name: "first" | "other"): string =>
  `Subject: ${name}\r\nMessage-ID: <${name}@x>\r\n\r\nText, ${name}.\r\n`;

/** What is on a server that numbers its messages: unique-id "1". */
function put(setting: Setting, ...texts: readonly string[]): void {
  setting.peer.maildrop.replace(texts.map((octets, i) => ({ octets, uniqueId: `${i + 1}` })));
}

test("other mail under the unique-id of one that was removed is collected and removed, and nobody is asked", async (context) => {
  const setting = await openSetting(context, { keys: KEEP_NONE });
  put(setting, mail("first"));
  assert.equal((await setting.run()).removed, 1);
  put(setting, mail("other"));
  assert.deepEqual(
    (await setting.plan()).messages.map(({ action, why }) => [action, why]),
    [["fetch", "new"]],
  );
  const report = await setting.run();
  assert.deepEqual([report.arrived.messages, report.removed, report.questions, report.exitCode], [1, 1, [], 0]);
  assert.deepEqual(setting.texts(), [mail("first"), mail("other")].sort());
  assert.deepEqual(
    setting.state.audit({ limit: 10 }).map(({ removedAt }) => removedAt !== undefined),
    [true, true],
    "the audit has both",
  );
});

test("other mail under the unique-id of one that others removed is collected at the next look", async (context) => {
  const setting = await openSetting(context);
  put(setting, mail("first"));
  await setting.run();
  put(setting);
  await setting.run();
  put(setting, mail("other"));
  assert.equal((await setting.run()).arrived.messages, 1);
  assert.deepEqual(setting.texts(), [mail("first"), mail("other")].sort());
  assert.equal((await setting.run()).arrived.messages, 0, "once");
});

test("other mail that nobody saw take the place of one stays until that shows, and is collected then", async (context) => {
  const setting = await openSetting(context, { keys: KEEP_8_HOURS });
  put(setting, mail("first"));
  await setting.run();
  put(setting, mail("other"));
  setting.aheadMs = 9 * HOURS_MS;
  const shown = await setting.run();
  assert.deepEqual([shown.arrived.messages, shown.removed], [0, 0]);
  assert.deepEqual(
    shown.stayed.map(({ why }) => why),
    ["stays: what is there now is not what was collected"],
  );
  const next = await setting.run();
  assert.deepEqual([next.arrived.messages, next.removed], [1, 0]);
  assert.deepEqual(setting.texts(), [mail("first"), mail("other")].sort());
  setting.aheadMs += 9 * HOURS_MS;
  assert.equal((await setting.run()).removed, 1, "its own eight hours later it is removed");
});

test("what is refused there proves nothing: no row is given up for it", async (context) => {
  const setting = await openSetting(context, { keys: KEEP_8_HOURS });
  put(setting, mail("first"));
  await setting.run();
  put(setting, mail("other"));
  setting.aheadMs = 9 * HOURS_MS;
  setting.peer.script([{ on: "RETR", answer: "-ERR not now" }]);
  assert.equal((await setting.run()).removed, 0);
  assert.equal(setting.state.known("work")[0]?.state, "collected");
});

test("other mail under a removed one's unique-id that never comes is counted, and quarantined", async (context) => {
  const setting = await openSetting(context, { keys: KEEP_NONE });
  put(setting, mail("first"));
  await setting.run();
  put(setting, mail("other"));
  setting.peer.script([{ on: "RETR", answer: "-ERR no" }]);
  const quarantined: (boolean | undefined)[] = [];
  for (let run = 0; run < 3; run += 1) quarantined.push((await setting.run()).failed[0]?.quarantined);
  assert.deepEqual(quarantined, [false, false, true]);
});

test("other mail under a removed one's unique-id can be marked as seen", async (context) => {
  const setting = await openSetting(context, { keys: KEEP_NONE });
  put(setting, mail("first"));
  await setting.run();
  put(setting, mail("other"));
  assert.equal(await markSeen(setting.source(), setting.house), 1);
  const report = await setting.run();
  assert.deepEqual([report.arrived.messages, report.removed], [0, 0]);
});

test("unique-ids that are message-numbers double nothing when a message goes, whatever the sizes are", async (context) => {
  const texts = [1, 2, 3, 4, 5, 6].map((n) => `Message-ID: <${n}@x>\r\n\r\n${"x".repeat(n)}\r\n`);
  for (const keys of [{}, { pipelining: "off", timeout: "1s" }]) {
    const setting = await openSetting(context, { keys });
    put(setting, ...texts);
    await setting.run();
    for (const gone of [1, 2, 5]) {
      put(setting, ...texts.slice(gone));
      const report = await setting.run();
      assert.deepEqual([report.arrived.messages, report.alreadyHere], [0, texts.length - gone]);
    }
    put(setting, ...texts.slice(5), mail("other"));
    assert.equal((await setting.run()).arrived.messages, 1);
    assert.deepEqual(setting.texts(), [...texts, mail("other")].toSorted());
  }
});

test("one that was missing for a while and is there again is the same message", async (context) => {
  const setting = await openSetting(context);
  put(setting, mail("first"));
  await setting.run();
  put(setting);
  await setting.run();
  put(setting, mail("first"));
  assert.deepEqual([(await setting.run()).arrived.messages, setting.texts().length], [0, 1]);
});

/** As many octets more than it has, as another server of a cluster may count them. */
function putListed(setting: Setting, more: number, ...texts: readonly string[]): void {
  setting.peer.maildrop.replace(
    texts.map((octets, i) => ({ octets, listedOctets: octets.length + more, uniqueId: `u${i + 1}` })),
  );
}

test("messages whose size in LIST goes to and fro are fetched once for each size, and removed when their time is over", async (context) => {
  const texts = [1, 2, 3, 4].map((n) => `Subject: m${n}\r\nMessage-ID: <${n}@x>\r\n\r\n${"x".repeat(n)}\r\n`);
  const setting = await openSetting(context, { keys: { ...KEEP_8_HOURS, pipelining: "off" } });
  const fetched: number[] = [];
  for (const more of [0, 5, 0, 5, 3, 0, 3, 5]) {
    putListed(setting, more, ...texts);
    const before = setting.peer.commands.length;
    const report = await setting.run();
    assert.deepEqual([report.exitCode, report.questions, report.failed], [0, [], []]);
    fetched.push(setting.peer.commands.slice(before).filter((command) => command.startsWith("RETR")).length);
  }
  assert.deepEqual([fetched, setting.texts()], [[4, 4, 0, 0, 4, 0, 0, 0], texts]);
  putListed(setting, 0, ...texts);
  setting.aheadMs = 9 * HOURS_MS;
  assert.deepEqual([(await setting.run()).removed, setting.peer.maildrop.messages], [4, []]);
});

test("other mail of a size that a message was once listed with is collected, whether that is gone or not", async (context) => {
  const first = mail("first");
  for (const isGone of [true, false]) {
    const setting = await openSetting(context, { keys: KEEP_8_HOURS });
    for (const more of [0, 5]) {
      putListed(setting, more, first);
      await setting.run();
    }
    if (isGone) {
      putListed(setting, 0);
      await setting.run();
    }
    putListed(setting, 0, mail("other"));
    setting.aheadMs = isGone ? 0 : 9 * HOURS_MS;
    const report = await setting.run();
    assert.equal(report.removed, 0);
    if (!isGone) await setting.run();
    assert.deepEqual(setting.texts(), [first, mail("other")].toSorted(), `gone: ${isGone}`);
    assert.equal(setting.peer.maildrop.messages.length, 1);
  }
});

// RFC 1939 §7: a unique-id stays with its message, so that a server which moves them about between messages that are there,
// and shows a part of them alone, has left nothing to tell them by: what is in doubt is kept, rather twice than never.
test("unique-ids that go round among the messages that are there, in a listing that is cut short, lose none", async (context) => {
  const keys = { server: { keep: "8h" } };
  const texts = Array.from({ length: 8 }, (_, n) => `Subject: m${n}\r\n\r\n${"x".repeat(n + 1)}\r\n`);
  const setting = await openSetting(context, {
    messages: texts.map((octets, n) => ({ octets, uniqueId: `${n}` })),
    keys,
  });
  await setting.run();
  setting.peer.maildrop.replace(texts.map((octets, n) => ({ octets, uniqueId: `${(n + 1) % 8}` })));
  setting.peer.script([
    { on: "login", times: 1, sees: [1, 3, 5, 6] },
    { on: "RETR", times: 2, skip: 1, drop: 20, how: "reset" },
  ]);
  await setting.run();
  setting.peer.script([]);
  for (const hours of [0, 9, 18]) {
    setting.aheadMs = hours * HOURS_MS;
    await setting.run(keys, { allowed: new Map([["many", Infinity]]) });
    assert.deepEqual([...new Set(setting.texts())].toSorted(), texts.toSorted());
  }
  assert.deepEqual(setting.peer.maildrop.messages, [], "and what is here is removed there");
});
