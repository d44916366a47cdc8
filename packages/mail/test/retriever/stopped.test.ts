// A run that whoever runs it ends: it says what was not tried, and it is nobody's fault.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import {
  planSource,
  startDaemon,
  type FetchError,
  type FetchEvent,
  type SourceReport,
} from "../../src/retriever/index.ts";
import { manyMessages, openSetting, SIX, type Setting } from "./fixture.ts";

const HUNDRED = { messages: manyMessages(100), latencyMs: 2, keys: { pipelining: "off" } };

/** Runs until an event is told, and ends there. */
function stoppedAt(setting: Setting, is: (event: FetchEvent) => boolean): Promise<SourceReport> {
  const stop = new AbortController();
  return setting.run({}, { signal: stop.signal, onEvent: (event) => void (is(event) && stop.abort()) });
}

test("a stopped run says how many it collected and how many were not tried, and ends with 75", async (context) => {
  const setting = await openSetting(context, HUNDRED);
  const report = await stoppedAt(setting, ({ kind }) => kind === "message");
  const { messages } = report.arrived;
  assert.ok(messages >= 1 && messages < 100, String(messages));
  assert.deepEqual(
    [report.outcome, report.exitCode, report.error?.code, report.error?.values],
    ["partial", 75, "stopped", { collected: messages, left: 100 - messages, unremoved: 0 }],
  );
  assert.equal(report.error?.message, `stopped: ${messages} collected, ${100 - messages} not tried`);
  assert.deepEqual(report.stayed, [{ why: "not tried: the run was stopped", messages: 100 - messages }]);
  assert.deepEqual(
    report.advice.map(({ code }) => code),
    ["goes-on"],
  );
  const next = await setting.run();
  assert.deepEqual([next.exitCode, next.arrived.messages, setting.texts().length], [0, 100 - messages, 100]);
});

test("a run that is stopped before it looked, or before it fetched, asks for no message", async (context) => {
  const setting = await openSetting(context, HUNDRED);
  const early = await stoppedAt(setting, (event) => event.kind === "phase" && event.phase === "auth");
  assert.equal(early.error?.message, "stopped: 0 collected, and what waits there was not looked at");
  const later = await stoppedAt(setting, (event) => event.kind === "phase" && event.phase === "list");
  assert.equal(later.error?.message, "stopped: 0 collected, 100 not tried");
  assert.deepEqual([early.exitCode, later.exitCode], [75, 75]);
  assert.deepEqual(
    setting.peer.commands.filter((command) => /^(?:RETR|DELE)/.test(command)),
    [],
  );
  assert.equal(setting.peer.commands.filter((command) => command === "QUIT").length, 2, "and says goodbye");
});

test("what a stopped run was to remove stays, is counted, and goes with the next run", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  const stop = new AbortController();
  const keys = { server: { keep: "0" } };
  const onEvent = (event: FetchEvent): void => void (event.kind === "phase" && event.phase === "list" && stop.abort());
  const report = await setting.run(keys, { signal: stop.signal, onEvent });
  assert.equal(report.error?.message, "stopped: 0 collected, 0 not tried, 6 not removed there yet");
  assert.deepEqual([report.exitCode, report.removed, setting.peer.maildrop.messages.length], [75, 0, 6]);
  assert.equal((await setting.run(keys)).removed, 6);
});

test("a run that had done everything when it was stopped is not stopped", async (context) => {
  const setting = await openSetting(context);
  const report = await stoppedAt(setting, (event) => event.kind === "phase" && event.phase === "store");
  assert.deepEqual([report.outcome, report.exitCode, report.arrived.messages], ["ok", 0, 6]);
});

test("a run that is cut in the middle of a message is stopped, and has no failure", async (context) => {
  // Of different lengths, so that the first is known to be whole before the second is.
  const messages = SIX.map((octets, at) => `${octets}${"x".repeat(at)}\r\n`);
  const faults = [{ on: "RETR 2", stall: 20 }];
  const setting = await openSetting(context, { messages, faults, keys: { timeout: "1h" } });
  const [stop, cut] = [new AbortController(), new AbortController()];
  const onEvent = ({ kind }: FetchEvent): void => {
    if (kind !== "message") return;
    stop.abort();
    setImmediate(() => cut.abort());
  };
  const report = await setting.run({}, { signal: stop.signal, cut: cut.signal, onEvent });
  assert.equal(report.error?.message, "stopped: 1 collected, 5 not tried");
  assert.deepEqual([report.exitCode, report.failed, setting.state.find("work")?.failures], [75, [], 0]);
  setting.peer.script([]);
  assert.deepEqual([(await setting.run()).arrived.messages, setting.texts().length], [5, 6]);
});

for (const { what, bad, faults } of [
  { what: "the connection was lost at", bad: SIX[1] ?? "", faults: [{ on: "RETR 2", drop: 10 }] },
  {
    what: "ended its session",
    bad: { octets: `Subject: grown\r\n\r\n${"x".repeat(2_500_000)}`, listedOctets: 100 },
    faults: [],
  },
])
  test(`a run that is stopped when a message ${what} is stopped`, async (context) => {
    const messages = [...SIX.slice(0, 1), bad, ...SIX.slice(2)];
    const setting = await openSetting(context, { messages, faults, keys: { fetch: { max_size: "1kB" } } });
    const report = await stoppedAt(setting, (event) => event.kind === "message" && event.outcome === "failed");
    assert.deepEqual([report.exitCode, report.outcome, report.failed.length], [75, "partial", 1]);
    assert.equal(report.error?.message, "stopped: 1 collected, 4 not tried");
    assert.deepEqual(report.stayed, [{ why: "not tried: the run was stopped", messages: 4 }]);
  });

test("a run that left a header it could not have alone had done everything when it was stopped", async (context) => {
  const large = (n: number): string => `Subject: large ${n}\r\n\r\n${"x".repeat(2_000)}\r\n`;
  const setting = await openSetting(context, {
    messages: [large(1), large(2)],
    faults: [{ on: "TOP 2", answer: "-ERR not here" }],
    keys: { fetch: { max_size: "1kB", oversize: "headers" } },
  });
  const report = await stoppedAt(setting, (event) => event.kind === "phase" && event.phase === "store");
  assert.deepEqual([report.exitCode, report.outcome, report.headersOnly], [0, "ok", 1]);
  assert.deepEqual(report.tried, { n: 2, of: 2 });
});

test("in the daemon a stop is no failure and no trouble: it is logged as what it is", async (context) => {
  // Of different lengths, so that the first is known to be whole before the second is.
  const messages = SIX.map((octets, at) => `${octets}${"x".repeat(at)}\r\n`);
  const faults = [{ on: "RETR 2", stall: 20 }];
  const setting = await openSetting(context, { messages, faults, keys: { timeout: "1h" } });
  const logged: string[] = [];
  const say =
    (level: string) =>
    (line: unknown, text?: string): void =>
      void logged.push(`${level} ${text ?? String(line)}`);
  const log = { ...setting.house.log, info: say("info"), warn: say("warn"), error: say("error") };
  const { signal: _, ...house } = setting.house;
  let came = (): void => undefined;
  const first = new Promise<void>((resolve) => (came = resolve));
  const reports: SourceReport[] = [];
  const daemon = startDaemon({
    sources: [setting.source()],
    house: { ...house, log },
    onEvent: ({ kind }) => void (kind === "message" && came()),
    onReport: (report) => void reports.push(report),
  });
  await first;
  mock.timers.enable({ apis: ["setTimeout"] });
  const stopped = daemon.stop({ withinMs: 1_000 });
  mock.timers.tick(1_000);
  mock.timers.reset();
  await stopped;
  assert.deepEqual(
    reports.map(({ outcome, error }) => [outcome, error?.code]),
    [["partial", "stopped"]],
  );
  assert.deepEqual(logged, ["info stopped collecting"]);
  assert.equal(setting.state.find("work")?.failures, 0);
});

test("a look that is stopped says so, and ends with 75", async (context) => {
  const setting = await openSetting(context);
  const stop = new AbortController();
  setting.peer.script([{ on: "UIDL", stall: 2 }]);
  const house = { ...setting.house, signal: stop.signal };
  const looking = planSource(setting.source(), house);
  while (!setting.peer.commands.includes("UIDL")) await new Promise(setImmediate);
  stop.abort();
  await assert.rejects(looking, (error: FetchError) => {
    assert.deepEqual(
      [error.code, error.exitCode, error.message],
      ["stopped", 75, "work: stopped before it had looked"],
    );
    return true;
  });
});
