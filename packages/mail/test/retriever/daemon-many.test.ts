// A daemon of very many sources: they do not all log in at once, and no server that is slow keeps the others waiting.
import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { mock, test, type TestContext } from "node:test";
import { RUNS_AT_ONCE, RunSlots } from "../../src/retriever/daemon/run-slots.ts";
import { waitFirst } from "../../src/retriever/daemon/schedule.ts";
import { startDaemon, type DaemonOptions, type SourceReport } from "../../src/retriever/index.ts";
import { openSetting, sourceFor, type Setting } from "./fixture.ts";

type Sources = DaemonOptions["sources"];

function sourcesOf(
  setting: Setting,
  o: { readonly count: number; readonly port: number; readonly name: string },
): Sources {
  const { folder, peer } = setting;
  return Array.from({ length: o.count }, (_, i) => {
    const keys = { user: `${o.name}-${i}`, timeout: "20s", deliver: [{ to: `maildir:${folder}/${o.name}-${i}` }] };
    const named = sourceFor({ folder, port: peer.port, name: `${o.name}-${i}`, keys });
    return { ...named, port: o.port };
  });
}

/** Accepts, and says nothing. */
async function silentServer(context: TestContext): Promise<number> {
  const server = createServer((socket) => void socket.on("error", () => undefined));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

function collecting(context: TestContext, setting: Setting, sources: Sources, random = 0) {
  const { signal: _, ...house } = setting.house;
  const reports: SourceReport[] = [];
  const told = { next: (): void => undefined };
  const daemon = startDaemon({
    sources,
    house,
    random: () => random,
    onReport(report) {
      reports.push(report);
      told.next();
    },
  });
  context.after(() => daemon.stop({ withinMs: 0 }));
  const until = async (count: number): Promise<void> => {
    while (reports.length < count) await new Promise<void>((resolve) => (told.next = resolve));
  };
  return { daemon, reports, until };
}

test("of many sources so many at most begin to be collected from at once, and all have their turn", async (context) => {
  const setting = await openSetting(context);
  const sources = sourcesOf(setting, { count: RUNS_AT_ONCE + 8, port: setting.peer.port, name: "many" });
  const { daemon, reports, until } = collecting(context, setting, sources);
  assert.equal(daemon.status().filter(({ isRunning }) => isRunning).length, RUNS_AT_ONCE);
  assert.ok(
    (daemon.status()[RUNS_AT_ONCE]?.nextRunAt ?? Infinity) <= Date.now(),
    "the others have their turn any moment",
  );
  await until(RUNS_AT_ONCE + 8);
  assert.equal(new Set(reports.map(({ source }) => source)).size, RUNS_AT_ONCE + 8);
});

test("servers that say nothing, more than there are slots, keep no other source waiting for long", async (context) => {
  const setting = await openSetting(context);
  const silent = sourcesOf(setting, { count: RUNS_AT_ONCE + 4, port: await silentServer(context), name: "silent" });
  const well = sourcesOf(setting, { count: 1, port: setting.peer.port, name: "well" });
  const { reports, until } = collecting(context, setting, [...silent, ...well]);
  await until(1);
  assert.deepEqual(
    reports.map(({ source }) => source),
    ["well-0"],
  );
});

test("a run that goes on gives its slot away, a stop ends the wait for one, and none is given twice", async (context) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  context.after(() => mock.timers.reset());
  const slots = new RunSlots();
  const { signal } = new AbortController();
  const held = Array.from({ length: RUNS_AT_ONCE }, () => slots.take(signal));
  const stop = new AbortController();
  const stopped = slots.take(stop.signal);
  const next = slots.take(signal);
  stop.abort();
  assert.equal(await stopped, undefined);
  // Heard of all the time, as a mailbox with very much mail is.
  for (let ms = 0; ms < 5_000; ms += 500) {
    mock.timers.tick(500);
    for (const slot of held) if (!(slot instanceof Promise)) slot.touch();
  }
  assert.ok((await next) !== undefined);
  for (const slot of held) if (!(slot instanceof Promise)) slot.release();
  const free = Array.from({ length: RUNS_AT_ONCE }, () => slots.take(signal)).filter(
    (one) => !(one instanceof Promise),
  );
  assert.equal(free.length, RUNS_AT_ONCE - 1, "one is held by the one that waited");
});

test("the first runs of very many are spread, and those of a few begin at once", () => {
  const first = (together: number, random: number): number => waitFirst({ together, everyMs: 300_000, random });
  assert.deepEqual([first(1, 0.9), first(RUNS_AT_ONCE, 0.9), first(1_016, 0), first(1_016, 0.5)], [0, 0, 0, 25_000]);
  assert.equal(first(1_000_000, 0.5), 150_000, "within one interval");
});

test("of sources whose first run is put off one that is woken is looked at at once", async (context) => {
  const setting = await openSetting(context);
  const sources = sourcesOf(setting, { count: 200, port: setting.peer.port, name: "late" });
  const { daemon, reports, until } = collecting(context, setting, sources, 0.999);
  assert.ok((daemon.status()[7]?.nextRunAt ?? 0) > Date.now());
  assert.equal(daemon.wake("late-7"), true);
  await until(1);
  assert.equal(reports[0]?.source, "late-7");
});
