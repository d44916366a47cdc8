// A thread that works is ended when its time of a processor is used; one that only waits has used nothing.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setImmediate as later } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { afterProcessorTime } from "../../src/message/threads/processor-time.ts";

const ALLOWED_MS = 200;

/** A thread that says that it begins, does what is said, and says that it is done. */
async function threadThat(does: string): Promise<Worker> {
  const code = `const { parentPort } = require("node:worker_threads");
    parentPort.on("message", () => { ${does}; parentPort.postMessage("done"); });
    parentPort.postMessage("ready");`;
  const thread = new Worker(code, { eval: true });
  await once(thread, "message");
  return thread;
}

const waits = (ms: number): string => `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${ms})`;

/** What comes first of what `does` does: that it is done, or that its time is over. */
async function firstOf(does: string, of: (thread: Worker) => Worker = (thread) => thread): Promise<unknown> {
  const thread = await threadThat(does);
  try {
    const done = once(thread, "message").then(([said]) => said as unknown);
    let stop = (): void => undefined;
    const over = new Promise<string>((resolve) => {
      stop = afterProcessorTime(of(thread), ALLOWED_MS, () => resolve("over"));
    });
    thread.postMessage("begin");
    const first = await Promise.race([done, over]);
    stop();
    return first;
  } finally {
    await thread.terminate();
  }
}

test("a thread that works for ever is over, also in an expression or a call that no message gets through to", async () => {
  assert.equal(await firstOf("for (;;);"), "over");
  assert.equal(await firstOf(`/^(a+)+$/.test("a".repeat(60) + "b")`), "over");
  assert.equal(await firstOf(`require("node:crypto").pbkdf2Sync("a", "b", 6_000_000, 64, "sha512")`), "over");
});

test("a thread that waits twice as long as it may work is not over, where Node tells what it uses", async () => {
  const isTold = "cpuUsage" in Worker.prototype;
  assert.equal(await firstOf(waits(2 * ALLOWED_MS)), isTold ? "done" : "over");
});

test("by the clock a thread has four times as long, and no more", async () => {
  assert.equal(await firstOf(waits(40 * ALLOWED_MS)), "over");
});

test("where Node does not tell what a thread uses, the clock counts", async () => {
  const silent = (thread: Worker): Worker => Object.create(thread, { cpuUsage: { value: undefined } }) as Worker;
  assert.equal(await firstOf(waits(3 * ALLOWED_MS), silent), "over");
});

test("whoever has stopped hears nothing more, though the thread is being asked at that moment", async () => {
  const asked: ((used: NodeJS.CpuUsage) => void)[] = [];
  const cpuUsage = (): Promise<NodeJS.CpuUsage> => new Promise((answer) => asked.push(answer));
  let isOver = false;
  const stop = afterProcessorTime({ cpuUsage } as Worker, 1, () => (isOver = true));
  while (asked.length < 2) await later();
  stop();
  for (const [at, answer] of asked.entries()) answer({ user: at * 1_000_000, system: 0 });
  await later();
  assert.equal(isOver, false);
});
