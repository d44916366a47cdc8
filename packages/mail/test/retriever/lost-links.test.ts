// Connections that end in the middle of a message: when that is the message's fault, and when the link's.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { Worker } from "node:worker_threads";
import { statePath } from "../../src/retriever/index.ts";
import { manyMessages, openSetting, SIX, type Setting } from "./fixture.ts";

const failuresOf = (setting: Setting) =>
  setting.state
    .known("work")
    .filter(({ state }) => state !== "collected")
    .map(({ uniqueId, state, attempts }) => [uniqueId, state, attempts]);
const connections = (numbers: readonly number[], on: string) =>
  numbers.map((connection) => ({ on, connection, drop: 10 }));

test("a message that three connections of one run are lost at has failed once, and comes when it can", async (context) => {
  const setting = await openSetting(context, { faults: [{ on: "RETR 2", drop: 10 }] });
  const report = await setting.run();
  assert.equal(setting.peer.commands.filter((command) => command === "RETR 2").length, 3);
  assert.deepEqual(failuresOf(setting), [["peer-2", "new", 1]]);
  assert.deepEqual([report.arrived.messages, report.failed.map(({ quarantined }) => quarantined)], [5, [false]]);
  assert.deepEqual(report.tried, { n: 6, of: 6 });
  setting.peer.script([]);
  assert.deepEqual([(await setting.run()).exitCode, setting.texts().length], [0, 6]);
});

test("three runs that are lost at the same message alone quarantine it, and the last one says so", async (context) => {
  const setting = await openSetting(context, { faults: [{ on: "RETR 2", drop: 10 }] });
  for (const attempts of [1, 2]) {
    await setting.run();
    assert.deepEqual(failuresOf(setting), [["peer-2", "new", attempts]]);
  }
  const third = await setting.run();
  assert.deepEqual(failuresOf(setting), [["peer-2", "quarantined", 3]]);
  assert.deepEqual(
    [third.exitCode, third.failed.map(({ uniqueId, quarantined }) => [uniqueId, quarantined])],
    [65, [["peer-2", true]]],
  );
  assert.deepEqual(
    third.advice.map(({ code }) => code).filter((code) => code === "quarantined"),
    ["quarantined"],
  );
});

test("a link that is lost at other messages likewise is nobody's fault, run for run", async (context) => {
  const setting = await openSetting(context, { faults: [{ on: "RETR", drop: 10 }] });
  for (let run = 0; run < 4; run += 1) {
    const report = await setting.run();
    assert.deepEqual([report.arrived.messages, report.exitCode], [0, 69]);
  }
  assert.deepEqual(
    failuresOf(setting).toSorted(),
    SIX.map((_, i) => [`peer-${i + 1}`, "new", 0]),
  );
  setting.peer.script([]);
  assert.deepEqual([(await setting.run()).arrived.messages, setting.texts().length], [6, 6]);
});

test("a message that came after all under a new unique-id did not fail, and one of another size did", async (context) => {
  for (const [more, failed] of [
    ["", []],
    ["longer\r\n", ["peer-3"]],
  ] as const) {
    const messages = SIX.map((text, i) => `${text}${"x".repeat(i)}\r\n`);
    const setting = await openSetting(context, { messages, faults: [{ on: "RETR 3", connection: 1, drop: 10 }] });
    const { maildrop } = setting.peer;
    const renumber = (): void =>
      maildrop.replace(
        maildrop.messages.map(({ octets }, i) => ({
          octets: i === 2 ? Buffer.concat([octets, Buffer.from(more)]) : octets,
          uniqueId: `new-${i}`,
        })),
      );
    const report = await setting.run(
      {},
      { onEvent: (event) => void (event.kind === "message" && event.outcome === "failed" && renumber()) },
    );
    assert.deepEqual([report.arrived.messages, report.failed.map(({ uniqueId }) => uniqueId)], [6, failed]);
    assert.deepEqual([report.exitCode, report.outcome], failed.length === 0 ? [0, "ok"] : [75, "partial"]);
    assert.equal(setting.texts().length, 6);
  }
});

test("a message that came after all did not fail", async (context) => {
  const setting = await openSetting(context, { faults: connections([1], "RETR 2") });
  const report = await setting.run();
  assert.deepEqual(
    [report.arrived.messages, report.failed, report.exitCode, report.warnings.map(({ code }) => code)],
    [6, [], 0, ["connection-lost"]],
  );
});

test("the first message may end every session: the others come in the same run, and it is tried last", async (context) => {
  const setting = await openSetting(context, { faults: [{ on: "RETR 1", drop: 10 }] });
  assert.equal((await setting.run()).arrived.messages, 5);
  assert.deepEqual(failuresOf(setting), [["peer-1", "new", 1]]);
});

test("a message that a connection was lost at is tried behind the others, also where it was not its fault", async (context) => {
  const setting = await openSetting(context, {
    faults: [1, 2, 3, 4].flatMap((n) => connections([n], `RETR ${n}`)),
  });
  await setting.run();
  assert.deepEqual(failuresOf(setting), [
    ["peer-1", "new", 0],
    ["peer-2", "new", 0],
    ["peer-3", "new", 0],
    ["peer-4", "new", 0],
  ]);
  const before = setting.peer.commands.length;
  await setting.run();
  assert.deepEqual(
    setting.peer.commands.slice(before).filter((command) => command.startsWith("RETR")),
    ["RETR 5", "RETR 6", "RETR 1", "RETR 2", "RETR 3", "RETR 4"],
  );
  assert.equal(setting.texts().length, SIX.length);
});

test("a message that is refused again by the next session of a run has failed once", async (context) => {
  const setting = await openSetting(context, {
    faults: [
      { on: "RETR 1", answer: "-ERR [SYS/PERM] broken" },
      { on: "RETR 4", connection: 1, drop: 10 },
    ],
  });
  const report = await setting.run();
  assert.equal(setting.peer.commands.filter((command) => command === "RETR 1").length, 2);
  assert.deepEqual([report.arrived.messages, failuresOf(setting)], [5, [["peer-1", "new", 1]]]);
});

test("a server that ends every session at DELE keeps no mail that failed before from coming", async (context) => {
  const setting = await openSetting(context, {
    faults: [{ on: "RETR 2", answer: "-ERR [SYS/TEMP] later" }],
    keys: { server: { keep: "forever" } },
  });
  assert.equal((await setting.run()).arrived.messages, 5);
  setting.peer.script([{ on: "DELE", drop: 0 }]);
  const report = await setting.run({ server: { keep: "0" } });
  assert.deepEqual([report.arrived.messages, report.exitCode], [1, 69]);
  assert.deepEqual([setting.texts(), setting.peer.maildrop.messages.length], [SIX.toSorted(), 6]);
});

/** Ends every connection it is asked for on, whatever its number is. */
const BAD = (n: number): string => `Subject: bad ${n}\r\n\r\n${"x".repeat(70)}\r\n`.padEnd(2_000, `${n}`);
const ENDS_AT_BAD = { on: "RETR", drop: 1_000 };
const octetsThere = (setting: Setting) => setting.peer.maildrop.messages.map(({ octets }) => octets.length);
const quarantined = (setting: Setting) =>
  failuresOf(setting).flatMap(([uniqueId, state]) => (state === "quarantined" ? [uniqueId] : []));

test("two messages that always lose the connection are quarantined while others come, and hold up no removal", async (context) => {
  const setting = await openSetting(context, {
    messages: [...SIX.slice(0, 1), BAD(1), ...SIX.slice(1, 2), BAD(2), ...SIX.slice(2)],
    faults: [ENDS_AT_BAD],
    keys: { server: { keep: "0" } },
  });
  for (let run = 0; run < 7; run += 1) {
    await setting.run();
    assert.ok(
      octetsThere(setting).every((octets) => octets > 1_000),
      `run ${run}`,
    );
    setting.peer.maildrop.deliver(manyMessages(run + 1)[run] ?? "");
  }
  assert.deepEqual(quarantined(setting), ["peer-2", "peer-4"]);
  assert.deepEqual([(await setting.run()).exitCode, octetsThere(setting).length], [65, 2]);
});

test("one that loses every connection holds up no removal, of what came before neither", async (context) => {
  const setting = await openSetting(context, {
    messages: [...SIX.slice(0, 2), BAD(1)],
    faults: [ENDS_AT_BAD],
  });
  await setting.run();
  setting.peer.maildrop.deliver(SIX[2] ?? "");
  const report = await setting.run({ server: { keep: "0" } });
  assert.deepEqual([report.removed, octetsThere(setting)], [3, [2_002]]);
});

test("two messages alone that always lose the connection are quarantined after nine runs in a row, not before", async (context) => {
  const setting = await openSetting(context, { messages: [BAD(1), BAD(2)], faults: [ENDS_AT_BAD] });
  for (let run = 1; run < 9; run += 1) assert.equal((await setting.run()).exitCode, 69);
  assert.deepEqual(quarantined(setting), []);
  const last = await setting.run();
  assert.deepEqual([last.exitCode, quarantined(setting)], [65, ["peer-1", "peer-2"]]);
});

test("a message that failed once has its turn before four that lose every connection", async (context) => {
  const setting = await openSetting(context, {
    messages: [BAD(1), BAD(2), BAD(3), BAD(4), ...SIX.slice(0, 1)],
    faults: [ENDS_AT_BAD, { on: "RETR 5", drop: 10, times: 1 }],
  });
  assert.equal((await setting.run({ fetch: { order: "newest" } })).arrived.messages, 0);
  for (let run = 0; run < 3; run += 1) await setting.run();
  assert.deepEqual(setting.texts(), SIX.slice(0, 1));
});

test("messages that filters ask for and lose the connection at stay and are told; the others come, and are judged", async (context) => {
  const setting = await openSetting(context, {
    keys: { filter: [{ when: { header: "Subject", matches: "^m6$" }, do: "skip" }] },
    faults: [1, 4].map((n) => ({ on: `TOP ${n}`, drop: 10 })),
  });
  const report = await setting.run();
  assert.deepEqual([report.exitCode, setting.texts()], [0, [SIX[1], SIX[2], SIX[4]]]);
  assert.deepEqual(
    new Map(report.stayed.map(({ why, messages }) => [why, messages])),
    new Map([
      ["left for the next run: the connection was lost while its header came", 2],
      ["filter: Subject matches ^m6$", 1],
    ]),
  );
  assert.deepEqual(
    report.warnings.map(({ code }) => code),
    ["connection-lost"],
  );
  setting.peer.script([]);
  assert.deepEqual([(await setting.run()).arrived.messages, setting.texts()], [2, SIX.slice(0, 5)]);
});

test("where it cannot be written down whose fault a lost connection was, the run says so, and its destinations are closed", async (context) => {
  const setting = await openSetting(context, { faults: [{ on: "RETR 2", drop: 10 }] });
  const db = new DatabaseSync(statePath(setting.house.dataDir));
  db.exec(`CREATE TRIGGER refuse BEFORE UPDATE OF attempts ON message WHEN new.attempts > old.attempts
    BEGIN SELECT RAISE(ABORT, 'no more'); END`);
  db.close();
  const threads: Worker[] = [];
  const began = (thread: Worker): void => void threads.push(thread);
  process.on("worker", began);
  context.after(() => process.off("worker", began));
  const report = await setting.run();
  assert.deepEqual([report.exitCode, report.error?.code, report.arrived.messages], [74, "state", 5]);
  // A thread that has ended has the number -1.
  assert.deepEqual(
    threads.map(({ threadId }) => threadId),
    [-1],
  );
});
