// The daemon: when it looks, what delays whom, and how it ends.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { startDaemon, type DaemonOptions, type SourceReport } from "../../src/retriever/index.ts";
import { waitBefore, type ScheduleFacts } from "../../src/retriever/daemon/schedule.ts";
import { manyMessages, openSetting, sourceFor, type Setting } from "./fixture.ts";

const FINE: ScheduleFacts = {
  everyMs: 300_000,
  loginDelayMs: 0,
  retryAfterMs: 0,
  failures: 0,
  needsPerson: false,
  random: 0,
};

requirement("P3-C-101", "a source is never looked at sooner than its server wants", () => {
  assert.equal(waitBefore(FINE), 300_000);
  assert.equal(waitBefore({ ...FINE, random: 1 }), 330_000, "spread by a tenth");
  assert.equal(waitBefore({ ...FINE, loginDelayMs: 900_000 }), 900_000);
  assert.ok(waitBefore({ ...FINE, loginDelayMs: 900_000, random: 0.5 }) > 900_000);
  assert.equal(waitBefore({ ...FINE, retryAfterMs: 1_200_000 }), 1_200_000);
});

test("failures are tried again ever later, up to an hour; what a person must mend, once an hour", () => {
  assert.equal(waitBefore({ ...FINE, failures: 1 }), 600_000);
  assert.equal(waitBefore({ ...FINE, failures: 3 }), 2_400_000);
  assert.equal(waitBefore({ ...FINE, failures: 30 }), 3_600_000);
  assert.equal(waitBefore({ ...FINE, everyMs: 86_400_000, failures: 30 }), 86_400_000);
  assert.equal(waitBefore({ ...FINE, needsPerson: true, failures: 1 }), 3_600_000);
});

interface Running {
  readonly waits: number[];
  readonly reports: SourceReport[];
  until(count: number, source?: string): Promise<void>;
  stop(): Promise<void>;
  readonly daemon: ReturnType<typeof startDaemon>;
}

function start(setting: Setting, sources: DaemonOptions["sources"]): Running {
  const waits: number[] = [];
  const reports: SourceReport[] = [];
  let wake = (): void => undefined;
  const { signal: _, ...house } = setting.house;
  const daemon = startDaemon({
    sources,
    house,
    random: () => 0,
    onReport: (report) => {
      reports.push(report);
      wake();
    },
    sleep: (ms, signal) => {
      waits.push(ms);
      return new Promise((_resolve, reject) => {
        const abort = (): void => reject(new Error("aborted"));
        if (signal.aborted) abort();
        else signal.addEventListener("abort", abort, { once: true });
      });
    },
  });
  const count = (source: string | undefined): number =>
    reports.filter((report) => source === undefined || report.source === source).length;
  return {
    waits,
    reports,
    daemon,
    async until(wanted, source) {
      while (count(source) < wanted)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    },
    stop: () => daemon.stop(),
  };
}

requirement("P3-C-101", "the daemon waits as long between looks as the server announces", async (context) => {
  const setting = await openSetting(context, { capabilities: ["TOP", "UIDL", "USER", "LOGIN-DELAY 900"] });
  const running = start(setting, [setting.source({ every: "1m" })]);
  await running.until(1);
  while (running.waits.length === 0) await new Promise(setImmediate);
  await running.stop();
  assert.deepEqual([running.reports.map(({ outcome }) => outcome), running.waits], [["ok"], [900_000]]);
});

test("the daemon looks at once, waits as long as it should, and looks when it is woken", async (context) => {
  const setting = await openSetting(context);
  const running = start(setting, [setting.source({ every: "7m" })]);
  await running.until(1);
  setting.peer.maildrop.deliver("Subject: new\r\n\r\nx\r\n");
  while (running.waits.length === 0) await new Promise(setImmediate);
  assert.equal(running.daemon.wake("work"), true);
  assert.equal(running.daemon.wake("nobody"), false);
  await running.until(2);
  assert.deepEqual(
    running.reports.map(({ arrived }) => arrived.messages),
    [6, 1],
  );
  assert.equal(running.waits[0], 420_000);
  await running.stop();
  assert.equal(running.daemon.status()[0]?.isRunning, false);
});

test("another interval alone begins no run: the wait is another, and a password that was refused is not tried", async (context) => {
  const setting = await openSetting(context, {
    capabilities: ["TOP", "UIDL", "USER"],
    faults: [{ on: "PASS", answer: "-ERR [AUTH] no", applies: false }],
  });
  const logins = (): number => setting.peer.commands.filter((one) => one.startsWith("PASS")).length;
  const running = start(setting, [setting.source({ every: "7m" })]);
  const waited = async (times: number): Promise<void> => {
    while (running.waits.length < times) await new Promise(setImmediate);
  };
  await waited(1);
  const [report] = running.reports;
  assert.equal(report?.error?.code, "AUTH_REJECTED");
  const tries = logins();
  running.daemon.use([setting.source({ every: "2h" })]);
  await waited(2);
  const [before = 0, after = 0] = running.waits;
  assert.equal(before, 3_600_000, "what a person must mend is tried once an hour");
  assert.ok(after <= 7_200_000 && after > 7_200_000 - 60_000, `${after} of two hours are left`);
  assert.deepEqual(running.reports, [report]);
  assert.equal(logins(), tries);
  assert.deepEqual(running.daemon.status()[0]?.lastReport, report, "what is wrong is still told");
  running.daemon.use([setting.source({ every: "2h", password: "another" })]);
  await running.until(2);
  assert.ok(logins() > tries, "another password is");
  await running.stop();
});

test("a source that hangs delays no other, and a stop ends it", async (context) => {
  const setting = await openSetting(context);
  const slow = await openSetting(context, { faults: [{ on: "greeting", stall: 3 }] });
  const hanging = sourceFor({ folder: slow.folder, port: slow.peer.port, name: "slow", keys: { timeout: "1h" } });
  const running = start(setting, [hanging, setting.source()]);
  await running.until(1, "work");
  while (running.waits.length === 0) await new Promise(setImmediate);
  running.daemon.wake("work");
  await running.until(2, "work");
  assert.deepEqual(
    running.reports.map(({ source }) => source),
    ["work", "work"],
  );
  mock.timers.enable({ apis: ["setTimeout"] });
  const stopped = running.stop();
  mock.timers.tick(10_000);
  mock.timers.reset();
  await stopped;
  assert.equal(running.reports.at(-1)?.source, "slow");
});

test("sources that are not enabled are left alone", async (context) => {
  const setting = await openSetting(context);
  const running = start(setting, [setting.source({ enabled: false })]);
  await running.stop();
  assert.equal(setting.peer.connections.length, 0);
});

test("a run that is stopped makes final what is safely here, and begins nothing new", async (context) => {
  const setting = await openSetting(context, {
    messages: manyMessages(100),
    keys: { server: { keep: "0" } },
    latencyMs: 2,
  });
  const stop = new AbortController();
  const onEvent = (event: { readonly kind: string }): void => {
    if (event.kind === "message") stop.abort();
  };
  const report = await setting.run({ pipelining: "off" }, { signal: stop.signal, onEvent });
  assert.ok(report.arrived.messages >= 1 && report.arrived.messages < 100, String(report.arrived.messages));
  // What was asked for ahead came as well, and QUIT might take it.
  assert.deepEqual([report.removed, setting.peer.maildrop.messages.length], [0, 100]);
  assert.equal(setting.texts().length, report.arrived.messages);
  assert.equal((await setting.run({}, { allowed: new Map([["many", Infinity]]) })).removed, 100);
  assert.equal(setting.texts().length, 100);
});
