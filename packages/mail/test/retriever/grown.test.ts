// Messages that turn out to be megabytes larger than anybody takes: they end their session, and nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSetting, SIX } from "./fixture.ts";

const LINE = `${"x".repeat(70)}\r\n`;

function grown(octets: number): string {
  return `Subject: grown\r\n\r\n${LINE.repeat(Math.ceil(octets / LINE.length))}`;
}

function logins(commands: readonly string[]): number {
  return commands.filter((command) => /^(?:PASS|AUTH)/.test(command)).length;
}

test("a message of 20 MB that LIST says is small holds up nobody, is tried once a run and quarantined", async (context) => {
  const large = { octets: grown(20_000_000), listedOctets: 100 };
  const setting = await openSetting(context, { messages: [...SIX.slice(0, 1), large, ...SIX.slice(1)] });
  const retrieved = (): number => setting.peer.commands.filter((command) => command === "RETR 2").length;
  const first = await setting.run();
  assert.deepEqual([first.error, first.arrived.messages, first.outcome, first.exitCode], [undefined, 6, "partial", 75]);
  assert.match(first.failed[0]?.why ?? "", /message 2 has more than \d+ octets/);
  assert.deepEqual(setting.texts(), SIX.toSorted());
  assert.deepEqual([retrieved(), logins(setting.peer.commands)], [1, 2]);
  setting.peer.maildrop.deliver("Subject: behind it\r\n\r\nx\r\n");
  const second = await setting.run();
  assert.deepEqual([second.error, second.arrived.messages, retrieved()], [undefined, 1, 2]);
  const third = await setting.run();
  assert.deepEqual([third.failed[0]?.quarantined, third.exitCode], [true, 65]);
  assert.deepEqual([(await setting.run()).exitCode, retrieved()], [65, 3], "and is left alone from then on");
  assert.equal(setting.peer.maildrop.messages.length, 8);
});

test("many such messages are passed over in one run, and those that came are removed", async (context) => {
  const large = { octets: grown(2_500_000), listedOctets: 100 };
  const messages = SIX.flatMap((octets) => [large, { octets }]);
  const setting = await openSetting(context, {
    messages,
    keys: { server: { keep: "0" }, fetch: { max_size: "1kB" } },
  });
  const report = await setting.run();
  assert.deepEqual([report.error, report.arrived.messages, report.failed.length], [undefined, 6, 6]);
  await setting.run();
  assert.deepEqual(setting.texts(), SIX.toSorted());
  assert.equal(setting.peer.maildrop.messages.length, 6, "those that did not come are there");
});

const LARGE = { octets: grown(2_500_000), listedOctets: 100 };
const SMALL = { fetch: { max_size: "1kB" } };

test("one that ends its session where the next login must wait ends the run with 75, and the rest is told", async (context) => {
  const setting = await openSetting(context, {
    // The first has a length of its own, so that it is known to be whole before the large one comes.
    messages: [`${SIX[0]}first\r\n`, LARGE, ...SIX.slice(1)],
    capabilities: ["TOP", "UIDL", "USER", "PIPELINING", "LOGIN-DELAY 30"],
    keys: SMALL,
  });
  const report = await setting.run();
  assert.deepEqual([report.exitCode, report.error, report.arrived.messages], [75, undefined, 1]);
  assert.deepEqual(report.stayed, [{ why: "left for the next run: another message ended the session", messages: 5 }]);
  assert.deepEqual([report.failed.map(({ quarantined }) => quarantined), report.tried], [[false], { n: 2, of: 7 }]);
  setting.aheadMs = 31_000;
  assert.equal((await setting.run()).arrived.messages, 5);
});

test("a message that has outgrown what was collected is not removed, and says so; the others are removed", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  const there = setting.peer.maildrop.messages.map(({ octets, uniqueId }) => ({ octets, uniqueId }));
  const { uniqueId = null } = there[2] ?? {};
  const other = { octets: grown(20_000_000), listedOctets: SIX[2]?.length ?? 0, uniqueId };
  setting.peer.maildrop.replace(there.with(2, { ...other, octets: Buffer.from(other.octets, "latin1") }));
  const report = await setting.run({ server: { keep: "0" } });
  assert.deepEqual([report.removed, setting.peer.maildrop.uniqueIds, report.exitCode], [5, ["peer-3"], 0]);
  assert.deepEqual(report.stayed, [{ why: "stays: what is there now is not what was collected", messages: 1 }]);
});

test("a connection that is lost while a message is compared removes the others, and says so of that one", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  setting.peer.script([
    { on: "TOP 3", answer: "-ERR not now" },
    { on: "RETR 3", drop: 10 },
  ]);
  const report = await setting.run({ server: { keep: "0" } });
  assert.deepEqual([report.removed, setting.peer.maildrop.uniqueIds, report.exitCode], [5, ["peer-3"], 0]);
  assert.deepEqual(report.stayed, [
    { why: "stays: the connection was lost while it was compared with what was collected", messages: 1 },
  ]);
  assert.deepEqual(
    report.warnings.map(({ code }) => code),
    ["connection-lost"],
  );
  setting.peer.script([]);
  assert.equal((await setting.run({ server: { keep: "0" } })).removed, 1);
});

test("four that end every session while they are compared hold up the others in one run, also where a login must wait", async (context) => {
  for (const more of [[], ["LOGIN-DELAY 30"]]) {
    const setting = await openSetting(context, { capabilities: ["TOP", "UIDL", "USER", "PIPELINING", ...more] });
    await setting.run();
    setting.peer.script(
      [1, 2, 3, 4].flatMap((n) => [
        { on: `TOP ${n}`, answer: "-ERR not now" },
        { on: `RETR ${n}`, drop: 10 },
      ]),
    );
    for (let run = 0; run < 5; run += 1) {
      setting.aheadMs += 31_000;
      await setting.run({ server: { keep: "0" } });
    }
    assert.deepEqual(setting.peer.maildrop.uniqueIds, ["peer-1", "peer-2", "peer-3", "peer-4"]);
  }
});

test("a message that every TOP loses the connection at holds up no removal, and is compared by its octets from then on", async (context) => {
  for (const capabilities of [
    ["TOP", "UIDL", "USER", "PIPELINING"],
    ["TOP", "UIDL", "USER"],
  ]) {
    const setting = await openSetting(context, { capabilities });
    await setting.run();
    setting.peer.script([{ on: "TOP 3", drop: 10 }]);
    const report = await setting.run({ server: { keep: "0" } });
    assert.deepEqual([report.removed, setting.peer.maildrop.uniqueIds, report.exitCode], [5, ["peer-3"], 0]);
    assert.deepEqual(report.stayed, [
      { why: "stays: the connection was lost while it was compared with what was collected", messages: 1 },
    ]);
    setting.peer.script([{ on: "TOP", drop: 10 }]);
    const next = await setting.run({ server: { keep: "0" } });
    assert.deepEqual([next.removed, next.warnings, setting.peer.maildrop.uniqueIds], [1, [], []]);
  }
});

test("one that a connection was lost at once has its turn before four that lose every connection", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  const always = [1, 2, 3, 4].flatMap((n) => ["TOP", "RETR"].map((keyword) => ({ on: `${keyword} ${n}`, drop: 10 })));
  setting.peer.script([...always, { on: "TOP 5", drop: 10, times: 1 }]);
  for (let run = 0; run < 4; run += 1) await setting.run({ server: { keep: "0" } });
  assert.deepEqual(setting.peer.maildrop.uniqueIds, ["peer-1", "peer-2", "peer-3", "peer-4"]);
});
