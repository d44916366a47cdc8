// A server, or a destination, that is in trouble for a while: no message is to blame, and all come when it is well again.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { manyMessages, openSetting } from "./fixture.ts";

for (const [answer, count] of [
  ["-ERR [SYS/TEMP] the message store is away", 1],
  ["-ERR temporary failure", 5],
  ["-ERR cannot open the message store", 5],
] as const)
  test(`a server that answers ${count} messages with "${answer}" is in trouble, and no message is quarantined`, async (context) => {
    const setting = await openSetting(context, { messages: manyMessages(count), faults: [{ on: "RETR", answer }] });
    for (let run = 1; run <= 4; run += 1) {
      const report = await setting.run();
      assert.deepEqual([report.exitCode, report.error?.code], [75, "SERVER_TEMPORARY"]);
      assert.deepEqual([report.failed.length, report.failed.some(({ quarantined }) => quarantined)], [count, false]);
      assert.equal(setting.state.find("work")?.failures, run, "it is left alone for longer");
    }
    setting.peer.script([]);
    const report = await setting.run();
    assert.deepEqual([report.exitCode, report.arrived.messages], [0, count]);
  });

test("a server in trouble that hangs up in the end has none of the messages quarantined that it refused", async (context) => {
  const answer = "-ERR cannot open the message store";
  const faults = [
    { on: "RETR 5", answer, drop: answer.length },
    { on: "RETR", answer },
  ];
  const setting = await openSetting(context, { messages: manyMessages(5), faults });
  for (let run = 1; run <= 4; run += 1) assert.equal((await setting.run()).outcome, "failed");
  setting.peer.script([]);
  // The fifth, at which the connection was lost each time, is another matter.
  await setting.run();
  for (const text of manyMessages(4)) assert.ok(setting.texts().includes(text));
});

test("one message that is refused for now, while others come, is never held to be bad", async (context) => {
  const faults = [{ on: "RETR 2", answer: "-ERR [SYS/TEMP] later" }];
  const setting = await openSetting(context, { messages: manyMessages(3), faults });
  for (let run = 1; run <= 4; run += 1) await setting.run();
  setting.peer.script([]);
  assert.deepEqual([(await setting.run()).arrived.messages, setting.texts().length], [1, 3]);
});

test("one message that is refused with words that it is for now, while others come, is quarantined after three runs", async (context) => {
  const faults = [{ on: "RETR 2", answer: "-ERR message unavailable, try again later" }];
  const setting = await openSetting(context, { messages: manyMessages(3), faults });
  const exits: (readonly [number, number])[] = [];
  for (let run = 1; run <= 4; run += 1) {
    const { arrived, exitCode } = await setting.run();
    exits.push([arrived.messages, exitCode]);
    setting.peer.maildrop.deliver({ octets: `Subject: new ${run}\r\n\r\nText.\r\n`, uniqueId: `new${run}` });
  }
  assert.deepEqual(exits, [
    [2, 75],
    [1, 75],
    [1, 65],
    [1, 65],
  ]);
  assert.equal(setting.peer.connections.at(-1)?.commands.includes("RETR 2"), false, "it is left alone");
});

test("a server that gives so many messages a session and the rest later has none of them quarantined", async (context) => {
  const setting = await openSetting(context, { messages: manyMessages(10) });
  for (let run = 1; run <= 5; run += 1) {
    setting.peer.script([{ on: "RETR", skip: 2, answer: "-ERR that is enough for now, try again later" }]);
    const { arrived, failed } = await setting.run();
    assert.deepEqual([arrived.messages, failed.some(({ quarantined }) => quarantined)], [2, false]);
  }
  assert.equal(setting.texts().length, 10);
});

test("a server that gives one large message a session, small ones and the rest later has none of them quarantined", async (context) => {
  const large = [1, 2, 3, 4, 5].map((n) => `Subject: large ${n}\r\n\r\n${"A line of it.\r\n".repeat(500)}`);
  const setting = await openSetting(context, { messages: [...large, ...manyMessages(1)] });
  for (let run = 1; run <= 5; run += 1) {
    // A quota of octets: the first large one has it spent.
    const refused = [2, 3, 4, 5].filter((n) => n > run);
    setting.peer.script(refused.map((n) => ({ on: `RETR ${n}`, answer: "-ERR quota exceeded, try again later" })));
    const { arrived, failed } = await setting.run();
    assert.deepEqual([arrived.messages, failed.map(({ quarantined }) => quarantined)], [2, refused.map(() => false)]);
    setting.peer.maildrop.deliver({ octets: `Subject: new ${run}\r\n\r\nText.\r\n`, uniqueId: `new${run}` });
  }
  assert.equal(setting.texts().length, 10);
});

test("a message that is refused for now and comes in a later session of the same run is held to be nothing but here", async (context) => {
  const faults = [{ on: "RETR 2", connection: 1, answer: "-ERR try again later" }];
  const setting = await openSetting(context, { messages: manyMessages(6), faults });
  const report = await setting.run({ server: { keep: "0" }, commit_every: 2, on_bad_message: { after: 1 } });
  assert.deepEqual([report.exitCode, report.failed, setting.texts().length], [0, [], 6]);
  assert.deepEqual(
    setting.state.known("work").map(({ state, attempts }) => [state, attempts]),
    Array.from({ length: 6 }, () => ["collected", 0]),
  );
});

for (const answer of ["-ERR No such file or directory", "-ERR no such message"])
  test(`a server that says "${answer}" of all that it is asked for is in trouble, and no message is quarantined`, async (context) => {
    const setting = await openSetting(context, { messages: manyMessages(4), faults: [{ on: "RETR", answer }] });
    for (let run = 1; run <= 4; run += 1) {
      const { error, exitCode, failed } = await setting.run();
      assert.deepEqual([error?.code, exitCode, failed.length], ["SERVER_TEMPORARY", 75, 4]);
      assert.equal(
        failed.some(({ quarantined }) => quarantined),
        false,
      );
    }
    setting.peer.script([]);
    assert.equal((await setting.run()).arrived.messages, 4);
  });

test("messages that a server says are not there, while others come, are no trouble of the server", async (context) => {
  const faults = [2, 3, 4].map((n) => ({ on: `RETR ${n}`, answer: "-ERR no such message" }));
  const setting = await openSetting(context, { messages: manyMessages(4), faults });
  for (let run = 1; run <= 3; run += 1) {
    const { error, failed } = await setting.run();
    assert.deepEqual([error, failed.length, failed.every(({ quarantined }) => quarantined)], [undefined, 3, run === 3]);
    setting.peer.maildrop.deliver({ octets: `Subject: new ${run}\r\n\r\nText.\r\n`, uniqueId: `new${run}` });
  }
});

test("one message that is not there does not hide that the server is in trouble with all the others", async (context) => {
  const faults = [
    { on: "RETR", answer: "-ERR cannot open the message store" },
    { on: "RETR 2", answer: "-ERR no such message" },
  ];
  const setting = await openSetting(context, { messages: manyMessages(5), faults });
  for (let run = 1; run <= 4; run += 1) assert.equal((await setting.run()).error?.code, "SERVER_TEMPORARY");
  setting.peer.script([]);
  assert.equal((await setting.run()).arrived.messages, 4);
});

test("a command that refuses every message is in trouble, and no message is quarantined", async (context) => {
  const setting = await openSetting(context, { messages: manyMessages(5) });
  const well = join(setting.folder, "well");
  const keys = { deliver: [{ to: `exec:test -e ${well} || exit 1; cat >/dev/null` }] };
  for (let run = 1; run <= 4; run += 1) {
    const report = await setting.run(keys);
    assert.deepEqual([report.exitCode, report.error?.code], [75, "destination-later"]);
  }
  writeFileSync(well, "");
  assert.equal((await setting.run(keys)).arrived.messages, 5);
});
