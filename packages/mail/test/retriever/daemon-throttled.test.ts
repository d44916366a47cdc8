// The daemon and servers that want to be left alone for a while: it waits as long as they ask, and then collects all.
import assert from "node:assert/strict";
import { once, EventEmitter } from "node:events";
import { test, type TestContext } from "node:test";
import { startDaemon, type Daemon, type DaemonEvent, type SourceReport } from "../../src/retriever/index.ts";
import { openSetting, SIX, type Setting } from "./fixture.ts";

/** Between runs that go well; ten milliseconds later a run that failed would be tried again. */
const EVERY_MS = 5;
const MINUTE_MS = 60_000;

const CAPABILITIES = ["SASL PLAIN", "UIDL", "TOP"];

interface Collecting {
  readonly daemon: Daemon;
  /** How long it has waited, each time; the clock of the house goes on by it. */
  readonly waits: readonly number[];
  readonly events: readonly DaemonEvent[];
  reports(): readonly SourceReport[];
  /** Resolves when it is so, looked at after each thing the daemon tells. */
  until(is: () => boolean): Promise<void>;
}

function collecting(context: TestContext, setting: Setting): Collecting {
  const events: DaemonEvent[] = [];
  const waits: number[] = [];
  const told = new EventEmitter();
  const { signal: _, onEvent: __, ...house } = setting.house;
  const daemon = startDaemon({
    sources: [{ ...setting.source(), everyMs: EVERY_MS }],
    house,
    random: () => 0,
    async sleep(ms, signal) {
      waits.push(ms);
      // A long wait is for whoever wakes it; after a run that went well there is nothing more to see.
      const isOver =
        ms > MINUTE_MS || events.some((event) => event.kind === "finished" && event.report.outcome === "ok");
      if (isOver && !signal.aborted) await once(signal, "abort");
      setting.aheadMs += ms;
    },
    onEvent(event) {
      events.push(event);
      told.emit("event");
    },
  });
  context.after(() => daemon.stop({ withinMs: 0 }));
  return {
    daemon,
    waits,
    events,
    reports: () => events.flatMap((event) => (event.kind === "finished" ? [event.report] : [])),
    async until(is) {
      while (!is()) await once(told, "event");
    },
  };
}

for (const [answer, code, capabilities] of [
  ["-ERR [LOGIN-DELAY] you were here a moment ago", "LOGIN_DELAY", ["LOGIN-DELAY 1", "RESP-CODES"]],
  ["-ERR [SYS/TEMP] the store is away", "SERVER_TEMPORARY", []],
  ["-ERR [IN-USE] locked", "MAILBOX_BUSY", []],
  ["-ERR too many logins", "AUTH_THROTTLED", []],
] as const)
  test(`after ${answer} twice the daemon comes again, and gets all`, async (context) => {
    const setting = await openSetting(context, {
      faults: [{ on: "login", answer, times: 2 }],
      capabilities: [...CAPABILITIES, ...capabilities],
    });
    const { daemon, waits, reports, until } = collecting(context, setting);
    await until(() => reports().some(({ outcome }) => outcome === "ok"));
    await daemon.stop({ withinMs: 0 });
    const refused = reports().slice(0, 2);
    assert.deepEqual(
      refused.map(({ error, exitCode, arrived }) => [error?.code, exitCode, arrived.messages]),
      [1, 2].map(() => [code, 75, 0]),
    );
    const after = reports()[2];
    assert.deepEqual([after?.arrived.messages, after?.exitCode], [6, 0]);
    assert.deepEqual([...setting.texts()].sort(), [...SIX].sort());
    assert.deepEqual(
      waits.slice(0, 2).map((ms) => ms >= (code === "LOGIN_DELAY" ? 1_000 : EVERY_MS)),
      [true, true],
    );
    assert.deepEqual(
      refused.map(({ retryAfterMs }) => retryAfterMs),
      [1, 2].map(() => (code === "LOGIN_DELAY" ? 1_000 : undefined)),
    );
  });

// RFC 3206 §4: [AUTH] is about the credentials, whatever the words beside it say. Some servers write it when they count
// logins; trying again soon would only make them count more.
test("a server that calls too many logins [AUTH] is left alone for an hour, or until somebody looks", async (context) => {
  const setting = await openSetting(context, {
    faults: [{ on: "login", answer: "-ERR [AUTH] too many logins, try again later", times: 1 }],
    capabilities: CAPABILITIES,
  });
  const { daemon, events, reports, until } = collecting(context, setting);
  const before = Date.now();
  await until(() => events.some(({ kind }) => kind === "waiting"));
  assert.equal(reports()[0]?.error?.code, "AUTH_REJECTED");
  assert.ok((daemon.status()[0]?.nextRunAt ?? 0) >= before + 3_600_000);
  assert.equal(setting.peer.connections.length, 1);
  assert.equal(daemon.wake("work"), true);
  await until(() => reports().some(({ outcome }) => outcome === "ok"));
  assert.equal(setting.texts().length, 6);
});
