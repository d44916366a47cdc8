// A thread that works is ended when its time of a processor is used; one that only waits has used nothing.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setImmediate as later } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { afterProcessorTime } from "../../src/message/threads/processor-time.ts";

interface Trial {
  /** What the thread does. */
  readonly does: string;
  readonly allowedMs: number;
  readonly as?: (thread: Worker) => Worker;
}

/** Which comes first: that the thread has done it, or that its time is over. */
async function firstOf({ does, allowedMs, as = (thread) => thread }: Trial): Promise<unknown> {
  const code = `const { parentPort } = require("node:worker_threads");
    parentPort.on("message", () => { ${does}; parentPort.postMessage("done"); });
    parentPort.postMessage("ready");`;
  const thread = new Worker(code, { eval: true });
  try {
    await once(thread, "message");
    const done = once(thread, "message").then(([said]) => said as unknown);
    let stop = (): void => undefined;
    const over = new Promise<string>((resolve) => {
      stop = afterProcessorTime(as(thread), allowedMs, () => resolve("over"));
    });
    thread.postMessage("begin");
    const first = await Promise.race([done, over]);
    stop();
    return first;
  } finally {
    await thread.terminate();
  }
}

const waits = (ms: number): string => `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms})`;

test("a thread that works for ever is over, also in an expression that no message gets through to", async () => {
  assert.equal(await firstOf({ does: "for (;;);", allowedMs: 200 }), "over");
  assert.equal(await firstOf({ does: `/^(a+)+$/.test("a".repeat(60) + "b")`, allowedMs: 200 }), "over");
});

test("a thread that waits for longer than it may work is not over, where Node tells what it uses", async () => {
  const isTold = "cpuUsage" in Worker.prototype;
  assert.equal(await firstOf({ does: waits(2_500), allowedMs: 2_000 }), isTold ? "done" : "over");
});

test("where Node does not tell what a thread uses, the clock counts", async () => {
  const silent = (thread: Worker): Worker => Object.create(thread, { cpuUsage: { value: undefined } }) as Worker;
  assert.equal(await firstOf({ does: waits(2_500), allowedMs: 1_000, as: silent }), "over");
});

/** As a thread, but what it is asked is answered by hand. */
function askedByHand() {
  const asked: ((used: NodeJS.CpuUsage) => void)[] = [];
  const thread = { cpuUsage: () => new Promise<NodeJS.CpuUsage>((answer) => asked.push(answer)) };
  const answerAll = (usedMs: number): void => {
    for (const answer of asked.splice(0)) answer({ user: usedMs * 900, system: usedMs * 100 });
  };
  return { thread: thread as unknown as Worker, asked, answerAll };
}

test("a thread that answers nothing has three times as long by the clock", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let times = 0;
  afterProcessorTime(askedByHand().thread, 1_000, () => (times += 1));
  t.mock.timers.tick(2_999);
  assert.equal(times, 0);
  t.mock.timers.tick(1);
  t.mock.timers.tick(60_000);
  assert.equal(times, 1);
});

test("a thread has what is left of its time, and is over when that is used", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { thread, answerAll } = askedByHand();
  let isOver = false;
  afterProcessorTime(thread, 1_000, () => (isOver = true));
  answerAll(5_000);
  for (const [passesMs, usedMs, over] of [
    [1_000, 5_600, false],
    [400, 5_990, false],
    [10, 6_000, true],
  ] as const) {
    t.mock.timers.tick(passesMs);
    answerAll(usedMs);
    await later();
    assert.equal(isOver, over, `${usedMs} ms`);
  }
});

test("whoever has stopped hears nothing more, though the thread is being asked at that moment", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { thread, asked, answerAll } = askedByHand();
  let isOver = false;
  const stop = afterProcessorTime(thread, 1_000, () => (isOver = true));
  answerAll(0);
  t.mock.timers.tick(1_000);
  assert.equal(asked.length, 1);
  stop();
  answerAll(1_000);
  await later();
  t.mock.timers.tick(60_000);
  assert.equal(isOver, false);
});
