// The daemon while it goes on: what it tells, what it is at, pause and resume, and the last of what was said.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { SourceConfig } from "../../src/config/index.ts";
import { startDaemon, type Daemon, type DaemonEvent, type DaemonOptions } from "../../src/retriever/index.ts";
import { manyMessages, openSetting, SIX, type Setting, type SourceKeys } from "./fixture.ts";
import { proxyTo } from "./proxy-to.ts";

interface Live {
  readonly daemon: Daemon;
  readonly events: readonly DaemonEvent[];
  /** Resolves with the first event from now on, or before, that is what is asked for. */
  event(is: (event: DaemonEvent) => boolean): Promise<DaemonEvent>;
}

function live(
  context: TestContext,
  setting: Setting,
  o: { readonly keys?: SourceKeys; readonly more?: Partial<DaemonOptions> } = {},
): Live {
  const events: DaemonEvent[] = [];
  const waiting = new Set<() => void>();
  const { signal: _, onEvent: __, ...house } = setting.house;
  const daemon = startDaemon({
    sources: [setting.source(o.keys)],
    house,
    random: () => 0,
    onEvent: (event) => {
      events.push(event);
      for (const look of waiting) look();
    },
    ...o.more,
  });
  context.after(() => daemon.stop({ withinMs: 0 }));
  return {
    daemon,
    events,
    event: (is) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = events.find(is);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

const isWaiting = ({ kind }: DaemonEvent): boolean => kind === "waiting";

test("the daemon tells each step of a run, message by message, and when it looks again", async (context) => {
  const setting = await openSetting(context, { keys: { server: { keep: "0" }, every: "7m" } });
  const { daemon, events, event } = live(context, setting);
  await event(isWaiting);
  assert.deepEqual(
    events.flatMap((one) => (one.kind === "phase" ? one.phase : [])),
    ["connect", "auth", "list", "retr", "store", "delete", "quit", "done"],
  );
  const progress = events.flatMap((one) => (one.kind === "progress" ? one : []));
  assert.deepEqual(
    progress.map(({ done }) => done.messages),
    [1, 2, 3, 4, 5, 6],
  );
  const octets = setting.texts().join("").length;
  assert.deepEqual(progress.at(-1)?.done, { messages: 6, octets });
  assert.deepEqual(new Set(progress.map(({ total }) => total.octets)), new Set([octets]));
  const [status] = daemon.status();
  assert.ok(status?.nextRunAt !== undefined && status.nextRunAt > Date.now() + 400_000);
  assert.deepEqual(
    [status.isRunning, status.isPaused, status.progress, status.lastReport?.removed],
    [false, false, undefined, 6],
  );
});

test("the status says what a source is at while it is at it", async (context) => {
  // Of different lengths, so that each is known to be whole before the next is.
  const messages = SIX.map((octets, at) => `${octets}${"x".repeat(at)}\r\n`);
  const setting = await openSetting(context, { messages, faults: [{ on: "RETR 4", stall: 0 }] });
  const { daemon, event } = live(context, setting);
  await event((one) => one.kind === "progress" && one.done.messages === 3);
  const [status] = daemon.status();
  assert.equal(status?.isRunning, true);
  assert.equal(status.nextRunAt, undefined);
  assert.deepEqual(
    [status.progress?.phase, status.progress?.done.messages, status.progress?.total.messages],
    ["retr", 3, 6],
  );
});

interface Moved {
  readonly how: string;
  readonly from: (context: TestContext, port: number) => SourceKeys | Promise<SourceKeys>;
  readonly to: Partial<SourceConfig>;
}

const byName = async (context: TestContext, port: number): Promise<SourceKeys> => ({
  host: "pop.example.org",
  port: 110,
  allow_cleartext: true,
  proxy: await proxyTo(context, port),
});

const MOVED: readonly Moved[] = [
  { how: "this machine is written otherwise", from: () => ({}), to: { host: "localhost" } },
  { how: "another port of its server is asked", from: byName, to: { port: 995 } },
  { how: "the name of its server is written in other letters", from: byName, to: { host: "POP.example.org" } },
];

for (const { how, from, to } of MOVED)
  test(`a source that has another name begins when the last run under the old one has ended, also where ${how}`, async (context) => {
    const setting = await openSetting(context, { faults: [{ on: "RETR 2", connection: 1, stall: 0 }] });
    const keys = { ...(await from(context, setting.peer.port)), pipelining: "off", timeout: "1h" };
    const { daemon, events, event } = live(context, setting, { keys });
    await event((one) => one.kind === "progress" && one.done.messages === 1);
    const other = { ...setting.source(keys), ...to, name: "other" };
    daemon.use([other]);
    const elsewhere = await openSetting(context);
    daemon.use([other, { ...elsewhere.source(), name: "elsewhere" }]);
    await event((one) => one.kind === "finished" && one.source === "elsewhere");
    assert.deepEqual([setting.peer.connections.length, events.some(({ source }) => source === "other")], [1, false]);
    await setting.peer.close();
    await event((one) => one.kind === "finished" && one.source === "other");
    const order = events.flatMap((one) => (one.kind === "finished" ? [one.source] : []));
    assert.deepEqual(order, ["elsewhere", "work", "other"]);
  });

test("a source that is paused ends after the message it is at, stays alone, and goes on when it is resumed", async (context) => {
  const messages = manyMessages(100);
  const setting = await openSetting(context, {
    messages,
    latencyMs: 2,
    keys: { pipelining: "off", server: { keep: "0" } },
  });
  const { daemon, events, event } = live(context, setting);
  await event((one) => one.kind === "message");
  assert.equal(daemon.pause("work"), true);
  const first = await event((one) => one.kind === "finished");
  const arrived = first.kind === "finished" ? first.report.arrived.messages : 0;
  assert.ok(arrived >= 1 && arrived < 100, String(arrived));
  while (daemon.status()[0]?.isRunning === true) await new Promise(setImmediate);
  const [paused] = daemon.status();
  assert.deepEqual([paused?.isPaused, paused?.nextRunAt], [true, undefined]);
  assert.equal(daemon.wake("work"), false, "waking does not end a pause");
  assert.equal(setting.peer.connections.length, 1);
  assert.equal(daemon.resume("work"), true);
  await event(isWaiting);
  assert.equal(setting.texts().length, 100);
  assert.equal(setting.peer.maildrop.messages.length, 0);
  assert.deepEqual(
    events.filter(({ kind }) => kind === "paused" || kind === "resumed").map(({ kind }) => kind),
    ["paused", "resumed"],
  );
  assert.deepEqual([daemon.pause("nobody"), daemon.resume("nobody")], [false, false]);
});

test("a source can be paused from the beginning, and a stop ends a paused one at once", async (context) => {
  const setting = await openSetting(context);
  const { daemon } = live(context, setting, { more: { paused: ["work"] } });
  assert.equal(daemon.status()[0]?.isPaused, true);
  await daemon.stop({ withinMs: 3_600_000 });
  assert.equal(setting.peer.connections.length, 0);
});

test("the protocol log has the last of what was said, and no secret, not even one the server repeats", async (context) => {
  const setting = await openSetting(context, {
    password: "open sesame",
    mechanisms: ["PLAIN", "LOGIN"],
    faults: [
      { on: "STAT", answer: "+OK 6 999" },
      { on: "login", answer: "+OK open sesame it is", applies: true },
    ],
  });
  for (const mechanism of ["PLAIN", "LOGIN", "USER"]) {
    const keys = { password: "open sesame", auth: { mechanisms: [mechanism] } };
    const { daemon, event } = live(context, setting, { keys });
    await event(isWaiting);
    const said = daemon.protocolLog("work")?.map(({ from, text }) => `${from}: ${text}`) ?? [];
    const all = said.join("\n");
    assert.match(all, /client: .*\*{4}/);
    assert.match(all, /server: \+OK \*{4} it is/);
    for (const secret of ["open sesame", "sesame", Buffer.from("open sesame").toString("base64").slice(0, 12)])
      assert.ok(!all.includes(secret), `${mechanism}: ${secret}`);
    assert.ok(!all.includes(Buffer.from("\0anna\0open sesame").toString("base64").slice(8)), mechanism);
    assert.deepEqual([said[0]?.startsWith("server: +OK"), said.at(-3)], [true, "client: QUIT"]);
    await daemon.stop({ withinMs: 0 });
  }
});

test("the protocol log holds five hundred lines of any length, and a message is one of them", async (context) => {
  const setting = await openSetting(context, {
    messages: Array.from({ length: 300 }, (_, n) => `Subject: ${n}\r\n\r\n${"x".repeat(100)}\r\n`),
    faults: [{ on: "QUIT", answer: `+OK ${"y".repeat(4_000)}` }],
  });
  const { daemon, event } = live(context, setting);
  await event(isWaiting);
  const lines = daemon.protocolLog("work") ?? [];
  assert.equal(lines.length, 500);
  assert.ok(lines.every(({ text }) => text.length <= 512));
  assert.ok(lines.some(({ text }) => /^\(\d+ octets of a message\)$/.test(text)));
  assert.equal(daemon.protocolLog("nobody"), undefined);
});

test("a listener that throws ends no run", async (context) => {
  const setting = await openSetting(context);
  let finished = 0;
  const broken = (): never => {
    finished += 1;
    throw new Error("a mistake of the listener's");
  };
  const { daemon } = live(context, setting, { more: { onEvent: broken, onReport: broken } });
  while (daemon.status()[0]?.nextRunAt === undefined) await new Promise(setImmediate);
  assert.ok(finished > 6);
  assert.equal(setting.texts().length, 6);
  const report = await setting.run({}, { onEvent: broken });
  assert.equal(report.outcome, "ok");
});
