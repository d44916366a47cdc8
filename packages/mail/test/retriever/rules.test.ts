// The rules that keep mail; the third, when to stop and ask, has a file of its own.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scriptedPeer } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { runSource, takeLeaseForTest } from "./lease-of.ts";
import { openSetting, openWithStore, SIX, type Setting } from "./fixture.ts";

const KEEP_NONE = { server: { keep: "0" } };

async function runTwice(setting: Setting): Promise<number> {
  await setting.run();
  return (await setting.run()).arrived.messages;
}

const deletes = (setting: Setting): number =>
  setting.peer.commands.filter((command) => command.startsWith("DELE")).length;

// --- rule 1: nothing lost, nothing doubled

test("rule 1: a memory that is lost doubles nothing, neither in a store nor in a Maildir", async (context) => {
  const setting = await openWithStore(context, { keys: { deliver: undefined, account: "anna" } });
  await setting.run();
  setting.state.forgetSource("work");
  const again = await setting.run();
  assert.deepEqual([again.arrived.messages, again.alreadyHere], [0, 6]);
  assert.deepEqual(await setting.anna.texts(), SIX);
  const maildir = await openSetting(context);
  await maildir.run();
  maildir.state.forgetSource("work");
  assert.deepEqual([(await maildir.run()).alreadyHere, maildir.texts().length], [6, 6]);
});

test("rule 1: what its owner removed here does not come back with a lost memory, unless it is asked for", async (context) => {
  const setting = await openWithStore(context);
  await setting.run();
  const { store, account } = setting.anna;
  const [first] = await store.messages(account, { after: 0, limit: 1 });
  await store.remove(account, [first?.messageId ?? 0]);
  setting.state.forgetSource("work");
  await setting.run();
  assert.equal((await setting.anna.texts()).length, 5);
  setting.state.forget("work", {});
  await setting.run();
  assert.equal((await setting.anna.texts()).length, 6);
});

requirement(
  "P3-C-091",
  "rule 1: a destination that fails removes nothing, and what it took before is removed by the next run",
  async (context) => {
    const setting = await openSetting(context, { keys: KEEP_NONE });
    const count = join(setting.folder, "count");
    const command = `test ! -s ${count} || test $(wc -c <${count}) -lt 3 || exit 75; printf x >>${count}`;
    const keys = { deliver: [{ to: `exec:${command}` }] };
    const report = await setting.run(keys);
    assert.deepEqual(
      [report.arrived.messages, report.removed, report.exitCode, report.error?.code],
      [3, 0, 75, "destination-later"],
    );
    assert.match(report.stayed.map(({ why }) => why).join(), /the next run removes it/);
    assert.equal(setting.peer.maildrop.messages.length, 6);
    rmSync(count);
    const next = await setting.run(keys);
    assert.deepEqual([next.removed, setting.peer.maildrop.messages.length], [6, 0]);
    assert.match(report.advice.map(({ text }) => text).join(), /nothing was lost/);
  },
);

test("rule 1: of several destinations all must have it before it is removed, and none gets it twice", async (context) => {
  const setting = await openSetting(context, { messages: SIX.slice(0, 1), keys: KEEP_NONE });
  const [log, gate] = [join(setting.folder, "log"), join(setting.folder, "gate")];
  const deliver = [
    { to: `exec:printf x >>${log}` },
    { to: `exec:test -e ${gate} || exit 75` },
    { to: `maildir:${join(setting.folder, "Maildir")}` },
  ];
  assert.deepEqual([(await setting.run({ deliver })).removed, setting.peer.maildrop.messages.length], [0, 1]);
  mkdirSync(gate);
  assert.deepEqual([(await setting.run({ deliver })).removed, setting.peer.maildrop.messages.length], [1, 0]);

  assert.deepEqual([readFileSync(log, "utf8"), setting.texts().length], ["x", 1]);
});

// --- rule 2: only what is certainly the same

test("rule 2: a server that was given other mail under the same unique-ids and sizes loses none of it", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  const other = SIX.map((text) => text.replace(/Subject: m/, "Subject: M").replace("Text", "TEXT"));
  setting.peer.maildrop.replace(other.map((octets, i) => ({ octets, uniqueId: `peer-${i + 1}` })));
  const report = await setting.run(KEEP_NONE);
  assert.deepEqual([report.removed, deletes(setting)], [0, 0]);
  assert.ok(
    report.stayed.some(
      ({ why, messages }) => messages === 6 && why === "stays: what is there now is not what was collected",
    ),
  );
  assert.equal((await setting.run()).arrived.messages, 6, "and the next look collects it");
  assert.deepEqual(setting.texts(), [...SIX, ...other].sort());
});

test("rule 2: a message with the same header and size but another text is caught where the header cannot tell", async (context) => {
  // Without TOP the header comes from RETR; the octets decide when it is not what the journal has.
  const setting = await openSetting(context, { faults: [{ on: "TOP", answer: "-ERR no" }] });
  await setting.run();
  const other = SIX.map((text) => text.replace("Text", "TEXT"));
  setting.peer.maildrop.replace(other.map((octets, i) => ({ octets, uniqueId: `peer-${i + 1}` })));
  assert.deepEqual([(await setting.run(KEEP_NONE)).removed, deletes(setting)], [0, 0]);
});

test("rule 2: what has no copy here any more stays there", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  const folder = join(setting.folder, "Maildir", "new");
  for (const name of readdirSync(folder).slice(0, 2)) rmSync(join(folder, name));
  const report = await setting.run(KEEP_NONE);
  assert.deepEqual([report.removed, setting.peer.maildrop.messages.length], [4, 2]);
  assert.ok(report.stayed.some(({ why }) => /its copy is not in the Maildir any more/.test(why)));
  assert.equal((await setting.run()).arrived.messages, 0, "and it is not collected again");
});

test("rule 2: a copy that was read or filed in the Maildir is still a copy", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  const maildir = join(setting.folder, "Maildir");
  const [first = "", second = ""] = readdirSync(join(maildir, "new"));
  renameSync(join(maildir, "new", first), join(maildir, "cur", `${first}:2,S`));
  mkdirSync(join(maildir, ".Archive", "cur"), { recursive: true });
  renameSync(join(maildir, "new", second), join(maildir, ".Archive", "cur", `${second}:2,RS`));
  assert.equal((await setting.run(KEEP_NONE)).removed, 6);
});

requirement(
  ["P3-C-097", "P3-C-098"],
  "rule 2: a header alone is never the message: it says what it is, and is never removed there",
  async (context) => {
    const big = `Subject: big\r\n\r\n${"x".repeat(70)}\r\n`.repeat(1) + `${"y".repeat(70)}\r\n`.repeat(30);
    const setting = await openSetting(context, {
      messages: [SIX[0] as string, big],
      keys: { server: { keep: "0" }, fetch: { max_size: "1kB" } },
    });
    const report = await setting.run();
    assert.deepEqual([report.arrived.messages, report.headersOnly, report.removed], [1, 1, 1]);
    await setting.run();
    assert.equal(setting.peer.maildrop.messages.length, 1);
    assert.ok(
      setting
        .texts()
        .some((text) =>
          /^X-Restante-Header-Only: 2\d{3} octets are at anna at 127\.0\.0\.1\r\nSubject: big\r\n\r\n$/.test(text),
        ),
    );
    assert.deepEqual(
      setting.peer.commands.filter((line) => line.startsWith("TOP")).map((line) => line.split(" ")[2]),
      ["0"],
      "TOP asks for headers alone, once",
    );
    const whole = await setting.run({ fetch: { max_size: "1MB" } });
    assert.deepEqual(
      [whole.arrived.messages, whole.removed, setting.peer.maildrop.messages.length],
      [1, 1, 0],
      "it comes whole when it may",
    );
  },
);

test("rule 2: quarantined, filtered and skipped messages are never removed there", async (context) => {
  const big = `Subject: big\r\n\r\n${"y".repeat(70)}\r\n`.repeat(40);
  const spam = "Subject: spam\r\nX-Spam-Status: Yes, score=9\r\n\r\nx\r\n";
  const setting = await openSetting(context, {
    messages: [SIX[0] as string, big, spam],
    keys: {
      ...KEEP_NONE,
      fetch: { max_size: "1kB", oversize: "skip" },
      on_bad_message: { after: 1 },
      filter: [{ when: { header: "x-spam-status", matches: "^yes" }, do: "skip" }],
    },
    faults: [{ on: "RETR 1", answer: "-ERR no" }],
  });
  for (let run = 0; run < 3; run += 1) await setting.run();
  assert.deepEqual([deletes(setting), setting.peer.maildrop.messages.length], [0, 3]);
  const tops = setting.peer.commands.filter((line) => line === "TOP 3 0").length;
  assert.equal(tops, 1, "a filtered message is looked at once");
  setting.peer.script([]);
  assert.equal(
    (await setting.run({ filter: [{ when: { header: "Subject", matches: "other" }, do: "skip" }] })).arrived.messages,
    1,
    "other filters look again",
  );
});

// --- rule 4: unique-ids that are given again

test("rule 4: a known unique-id with another size is a new message", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  setting.peer.maildrop.replace(
    ["peer-1", "peer-2"].map((uniqueId, i) => ({
      octets: `Subject: another ${"x".repeat(i)}\r\n\r\nlonger than it was before, by far\r\n`.repeat(3),
      uniqueId,
    })),
  );
  const report = await setting.run();
  assert.equal(report.arrived.messages, 2);
  assert.match(report.warnings.map(({ text }) => text).join(), /2 unique-ids are known with another size/);
  assert.equal(setting.texts().length, 8);
});

requirement(
  "P3-C-113",
  "rule 4: a message that came as a surrogate comes again, as it is, once its server knows UTF8",
  async (context) => {
    // RFC 6858 §5: whoever keeps a surrogate has not the message.
    const surrogate = "From: =?utf-8?B?0JTQsA==?= <invalid@internationalized-address.invalid>\r\n\r\nx\r\n";
    const itself = Buffer.from("From: Да <да@пример.example>\r\n\r\nx\r\n").toString("latin1");
    const start = ["SASL PLAIN", "USER", "UIDL"];
    const before = await openSetting(context, {
      capabilities: start,
      messages: [{ octets: surrogate, uniqueId: "a" }],
    });
    await before.run();
    assert.ok(!before.peer.commands.includes("UTF8"));
    await using peer = await scriptedPeer({
      capabilities: [...start, "UTF8"],
      messages: [{ octets: itself, uniqueId: "a" }],
    });
    const known = { ...before.source(), port: peer.port };
    const report = await runSource(known, before.house);
    assert.deepEqual([report.arrived.messages, report.error], [1, undefined]);
    assert.ok(peer.commands.includes("UTF8"));
    assert.deepEqual(new Set(before.texts()), new Set([surrogate, itself]));
    assert.equal((await runSource(known, before.house)).arrived.messages, 0);
  },
);

test("rule 4: equal octets are two legitimate mails", async (context) => {
  const setting = await openWithStore(context, { messages: [SIX[0] as string, SIX[0] as string] });
  assert.equal(await runTwice(setting), 0);
  assert.equal((await setting.anna.texts()).length, 2);
});

// --- rule 5: one at a time, and made final every hundred

requirement("P3-C-108", "rule 5: one run a source: a second one ends with 75 and touches nothing", async (context) => {
  const setting = await openSetting(context);
  const lease = takeLeaseForTest(join(setting.folder, "data"), "work");
  const report = await setting.run();
  assert.deepEqual([report.exitCode, report.error?.code, setting.peer.connections.length], [75, "busy", 0]);
  lease.release();
  assert.equal((await setting.run()).outcome, "ok");
});

test("rule 5: removals are made final every so many messages, on a new connection each", async (context) => {
  const setting = await openSetting(context, { keys: { ...KEEP_NONE, commit_every: 2 } });
  const report = await setting.run();
  assert.deepEqual([report.removed, setting.peer.connections.length], [6, 4]);
  const quits = setting.peer.connections.map(
    ({ commands }) => commands.filter((line) => line.startsWith("DELE")).length,
  );
  assert.deepEqual(quits, [2, 2, 2, 0]);
});

test("rule 5: a server that wants time between logins is left once", async (context) => {
  const setting = await openSetting(context, {
    keys: { ...KEEP_NONE, commit_every: 2 },
    capabilities: ["TOP", "UIDL", "USER", "PIPELINING", "LOGIN-DELAY 60"],
  });
  assert.deepEqual([(await setting.run()).removed, setting.peer.connections.length], [6, 1]);
  const early = await setting.run();
  assert.deepEqual([early.exitCode, early.error?.code, setting.peer.connections.length], [75, "too-soon", 1]);
  setting.aheadMs = 61_000;
  assert.equal((await setting.run()).outcome, "ok");
});

test("rule 5: a filter's delete comes after the message is safely here", async (context) => {
  const filter = [{ when: { header: "Subject", matches: "^m[12]$" }, do: "delete" }];
  const setting = await openSetting(context, { keys: { filter } });
  const report = await setting.run();
  assert.deepEqual([report.arrived.messages, report.removed, setting.texts().length], [6, 2, 6]);
  const lines = setting.peer.connections[0]?.commands ?? [];
  assert.ok(
    lines.findIndex((line) => line.startsWith("DELE")) > lines.findLastIndex((line) => line.startsWith("RETR")),
  );
  const later = await openSetting(context, { keys: { filter, server: { delete_min_age: "1h" } } });
  assert.equal((await later.run()).removed, 0);
  later.aheadMs = 2 * 3_600_000;
  assert.equal((await later.run()).removed, 2);
});

test("rule 5: nothing is removed for a filter that was taken out since, nor for one that another comes before now", async (context) => {
  const junk = { when: { header: "Subject", matches: "^m[12]$" }, do: "delete" };
  const setting = await openSetting(context, { keys: { server: { delete_min_age: "1h" } } });
  assert.equal((await setting.run({ filter: [junk] })).removed, 0);
  setting.aheadMs = 2 * 3_600_000;
  assert.equal((await setting.run({})).removed, 0, "it was taken out");
  const spared = { when: { header: "Subject", matches: "^m1$" }, do: "skip" };
  const other = { when: { header: "Subject", matches: "^m6$" }, do: "skip" };
  assert.equal((await setting.run({ filter: [spared, junk, other] })).removed, 1, "it stands, and spares one");
  assert.equal(setting.peer.maildrop.messages.length, 5);
});

// --- rule 6: removed here, removed there

test("rule 6: what its owner removed from the store is removed there, and nothing else is", async (context) => {
  const setting = await openWithStore(context, { keys: { server: { delete_when_deleted_locally: true } } });
  await setting.run();
  const { store, account } = setting.anna;
  const rows = await store.messages(account, { after: 0, limit: 10 });
  await store.remove(
    account,
    rows.slice(0, 2).map(({ messageId }) => messageId),
  );
  await store.move(account, [rows[2]?.messageId ?? 0], "Trash");
  const report = await setting.run();
  assert.deepEqual(
    [report.removed, setting.peer.maildrop.messages.length, (await setting.anna.texts()).length],
    [2, 4, 4],
  );
  assert.deepEqual(
    setting.state
      .audit({ limit: 10 })
      .map(({ removedWhy }) => removedWhy)
      .filter((why) => why !== undefined),
    Array<string>(2).fill("its owner removed it here"),
  );
});

test("rule 6: without the policy a removal here removes nothing there", async (context) => {
  const setting = await openWithStore(context);
  await setting.run();
  const { store, account } = setting.anna;
  const rows = await store.messages(account, { after: 0, limit: 10 });
  await store.remove(
    account,
    rows.map(({ messageId }) => messageId),
  );
  const report = await setting.run();
  assert.deepEqual([report.removed, report.arrived.messages, setting.peer.maildrop.messages.length], [0, 0, 6]);
});

requirement("P3-C-103", "messages stay for the days that were asked for, and not a day longer", async (context) => {
  const setting = await openSetting(context, { keys: { server: { keep: "12h" } } });
  await setting.run();
  setting.aheadMs = 11 * 3_600_000;
  assert.equal((await setting.run()).removed, 0);
  setting.aheadMs = 12 * 3_600_000;
  assert.deepEqual([(await setting.run()).removed, setting.peer.maildrop.messages.length], [6, 0]);
});

requirement("P3-C-106", "a session that removes nothing says RSET before QUIT", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  assert.deepEqual(setting.peer.connections[0]?.commands.slice(-2), ["RSET", "QUIT"]);
});
