// How far a run came, as the reader is told of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FreeSpace, type SourceReport } from "../../../src/retriever/index.ts";
import type { SourceStatus } from "../../../src/webmail/api/schema/index.ts";
import { shownSource } from "../../../src/webmail/api/sources/shown.ts";
import { manyMessages, openSetting } from "../../retriever/fixture.ts";

/** What a source is between two runs. */
const after = (lastReport: SourceReport): Parameters<typeof shownSource>[0]["status"] => ({
  source: "work",
  isRunning: false,
  isPaused: false,
  progress: undefined,
  nextRunAt: undefined,
  lastReport,
});

test("what a run asked, warned of and advised is told by its codes, with what stands in their texts", async (context) => {
  const setting = await openSetting(context);
  const report: SourceReport = {
    ...(await setting.run()),
    warnings: [{ code: "login-delay", values: { seconds: 90 }, text: "in English" }],
    advice: [{ code: "login", values: { source: "work" }, text: "in English" }],
  };
  const { trouble, questions, warnings } = shownSource({
    source: setting.source(),
    status: after({ ...report, error: { code: "AUTH_REJECTED", message: "m", reply: "-ERR", values: {} } }),
    lastRunAt: undefined,
    hasWorked: false,
    questions: [
      { kind: "clock", messages: 3, text: "in English", doubt: { code: "moved-back", days: 40 } },
      { kind: "restored", messages: 3, text: "in English", what: "memory" },
      { kind: "many", messages: 30, text: "in English", going: 30, listed: 40 },
    ],
    isReadOnly: false,
  });
  assert.deepEqual(trouble?.advice, ["login"]);
  assert.deepEqual(warnings, [{ code: "login-delay", values: { seconds: 90 }, words: "in English" }]);
  assert.deepEqual(questions, [
    { kind: "clock", messages: 3, words: "in English", clock: "moved-back", days: 40 },
    { kind: "restored", messages: 3, words: "in English", what: "memory" },
    { kind: "many", messages: 30, words: "in English", going: 30, listed: 40 },
  ]);
});

test("what failed is not told as got, and the rest is promised only when it comes by itself", async (context) => {
  const setting = await openSetting(context, {
    messages: manyMessages(40),
    keys: { fetch: { order: "oldest" } },
    faults: [{ on: "RETR 2", answer: "-ERR [SYS/PERM] broken" }],
  });
  // The disk fills in the middle: what is left comes with a later run.
  let looks = 0;
  const space = new FreeSpace({ folder: "/", freeOctetsMin: 1_000, freeOctets: () => (++looks > 10 ? 0 : 2_000) });
  const report = await setting.run({}, { space });
  const gotOf = (lastReport: SourceReport): SourceStatus["got"] =>
    shownSource({
      source: setting.source(),
      status: after(lastReport),
      lastRunAt: undefined,
      hasWorked: false,
      questions: [],
      isReadOnly: false,
    }).got;
  assert.deepEqual(gotOf(report), { n: setting.texts().length, of: report.tried.of });
  assert.ok(setting.texts().length < report.tried.n && report.tried.n < report.tried.of, JSON.stringify(report.tried));
  // EX_NOPERM and EX_CONFIG of sysexits(3): no later run mends them.
  for (const exitCode of [77, 78] as const) assert.equal(gotOf({ ...report, exitCode }), null);
});

test("a run that was stopped is no trouble: something came, and the rest comes next time", async (context) => {
  const setting = await openSetting(context, { messages: manyMessages(60), latencyMs: 2 });
  const stop = new AbortController();
  const onEvent = ({ kind }: { readonly kind: string }): void => void (kind === "message" && stop.abort());
  const report = await setting.run({ pipelining: "off" }, { signal: stop.signal, onEvent });
  assert.equal(report.error?.code, "stopped");
  const { trouble, lastOutcome, state } = shownSource({
    source: setting.source(),
    status: after(report),
    lastRunAt: undefined,
    hasWorked: false,
    questions: [],
    isReadOnly: false,
  });
  assert.deepEqual([trouble, lastOutcome, state], [null, "partial", "idle"]);
});
