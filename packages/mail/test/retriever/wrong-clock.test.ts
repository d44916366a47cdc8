// keep = "14d" where the server's mail has no dates, so that this machine's clock alone tells how old anything is: whatever
// it says, nothing is removed early.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { ScriptedPeerOptions } from "@restante/pop/testing";
import { readClock, type FetchHouse, type SourceReport } from "../../src/retriever/index.ts";
import { manyMessages, openSetting, type Setting } from "./fixture.ts";

const DAY_MS = 86_400_000;

interface Moment {
  /** Days since the test began. */
  readonly day: number;
  /** Days the wall clock is ahead. */
  readonly ahead?: number;
  /** Starts of the machine since. */
  readonly boot?: number;
}

interface Undated extends Setting {
  at(moment: Moment, more?: Partial<FetchHouse>): Promise<SourceReport>;
  readonly kinds: (report: SourceReport) => readonly string[];
  readonly left: () => number;
}

async function openUndated(context: TestContext, options: ScriptedPeerOptions = {}): Promise<Undated> {
  const setting = await openSetting(context, {
    messages: manyMessages(6),
    keys: { server: { keep: "14d" } },
    ...options,
  });
  const { wallMs, uptimeMs, boot } = readClock();
  return Object.assign(setting, {
    at: ({ day, ahead = 0, boot: starts = 0 }: Moment, more: Partial<FetchHouse> = {}) =>
      setting.run(
        {},
        {
          clock: () => ({
            wallMs: wallMs + (day + ahead) * DAY_MS,
            uptimeMs: starts === 0 ? uptimeMs + day * DAY_MS : 60_000,
            boot: starts === 0 ? boot : `boot ${starts}`,
          }),
          ...more,
        },
      ),
    kinds: ({ questions }: SourceReport) => questions.map(({ kind }) => kind),
    left: () => setting.peer.maildrop.messages.length,
  });
}

for (const boot of [0, 1])
  test(`first seen by a clock a year ahead (${boot} restarts until it is right): kept, said so, and counted anew when the clock is believed`, async (context) => {
    const setting = await openUndated(context);
    assert.equal((await setting.at({ day: 0, ahead: 365 })).arrived.messages, 6);
    for (const day of [1, 20, 100]) {
      const report = await setting.at({ day, boot });
      assert.deepEqual([report.removed, setting.kinds(report), setting.left()], [0, [], 6]);
      assert.deepEqual(
        report.warnings.map(({ code }) => code),
        ["clock-behind"],
      );
    }
    const believed = await setting.at({ day: 101, boot }, { allowed: new Map([["clock", Infinity]]) });
    assert.deepEqual([believed.removed, believed.warnings], [0, []]);
    if (boot === 1) return;
    for (const day of [102, 110, 115]) {
      const report = await setting.at({ day });
      assert.deepEqual([report.removed, setting.kinds(report), report.warnings], [0, [], []]);
    }
    assert.equal((await setting.at({ day: 117 })).removed, 6, "fifteen days after the clock was believed");
  });

for (const boot of [0, 1])
  test(`a clock that jumps a year ahead between runs (${boot} restarts) and is right again removes nothing early, nor what came meanwhile`, async (context) => {
    const setting = await openUndated(context);
    await setting.at({ day: 0 });
    setting.peer.maildrop.deliver("Subject: meanwhile\r\n\r\nx\r\n");
    const ahead = await setting.at({ day: 1, ahead: 365, boot });
    assert.deepEqual([ahead.arrived.messages, ahead.removed, setting.kinds(ahead)], [1, 0, ["clock"]]);
    const right = await setting.at({ day: 1.1 });
    assert.deepEqual([right.removed, setting.kinds(right), right.warnings], [0, [], []]);
    for (const day of [1.9, 2.8, 3.7, 13.9]) assert.equal((await setting.at({ day })).removed, 0, `day ${day}`);
    assert.equal((await setting.at({ day: 14.1 })).removed, 6);
    assert.equal((await setting.at({ day: 15.2 })).removed, 1, "fourteen days after the clock was right again");
  });

test("what a run that failed wrote down is not made old by the clock of the next one", async (context) => {
  const setting = await openUndated(context, { faults: [{ on: "RETR 6", drop: 0 }] });
  const failed = await setting.at({ day: 0 });
  assert.deepEqual([failed.outcome, failed.arrived.messages], ["failed", 5]);
  setting.peer.script([]);
  const ahead = await setting.at({ day: 0.1, ahead: 365 });
  assert.deepEqual([ahead.removed, setting.kinds(ahead), setting.left()], [0, ["clock"], 6]);
  assert.deepEqual([(await setting.at({ day: 0.2 })).questions, setting.left()], [[], 6]);
});

test("a clock that is found to be behind is believed no more, and plan says what a run would", async (context) => {
  const setting = await openUndated(context);
  const dated = `Received: from a by b; ${new Date().toUTCString()}\r\nSubject: new\r\n\r\nx\r\n`;
  setting.peer.maildrop.deliver(dated);
  const behind = await setting.at({ day: 0, ahead: -30 });
  assert.deepEqual(
    behind.warnings.map(({ code }) => code),
    ["clock-behind"],
  );
  assert.equal(setting.state.find("work")?.believed, undefined);
  const right = await setting.at({ day: 1 });
  assert.deepEqual([right.removed, right.questions, right.warnings], [0, [], []]);
  setting.aheadMs = -30 * DAY_MS;
  assert.deepEqual(
    (await setting.plan()).warnings.map(({ code }) => code),
    ["clock-behind"],
  );
  assert.deepEqual((await setting.plan({ server: { keep: "forever" } })).warnings, [], "where no age counts");
});

test("a server that says that the clock is right now does not say that it was right when mail came", async (context) => {
  const setting = await openUndated(context);
  await setting.at({ day: 0, ahead: -30 });
  setting.peer.maildrop.deliver(`Received: from a by b; ${new Date().toUTCString()}\r\nSubject: new\r\n\r\nx\r\n`);
  const right = await setting.at({ day: 0.1 });
  assert.deepEqual([right.arrived.messages, right.removed, setting.kinds(right)], [1, 0, ["clock"]]);
  // Where it was right, it is.
  const other = await openUndated(context);
  const dated = (day: number): string =>
    `Received: from a by b; ${new Date(Date.now() + day * DAY_MS).toUTCString()}\r\nSubject: ${day}\r\n\r\nx\r\n`;
  other.peer.maildrop.deliver(dated(0));
  await other.at({ day: 0 });
  other.peer.maildrop.deliver(dated(20));
  const later = await other.at({ day: 20, boot: 1 });
  assert.deepEqual([later.removed, other.kinds(later)], [7, []]);
});
