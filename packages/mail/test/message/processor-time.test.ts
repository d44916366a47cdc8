// A thread that works is ended when its time of a processor is used; one that only waits has used nothing.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
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

test("a thread that works for ever is over, also in an expression that no message gets through to", async () => {
  assert.equal(await firstOf("for (;;);"), "over");
  assert.equal(await firstOf(`/^(a+)+$/.test("a".repeat(60) + "b")`), "over");
});

test("a thread that waits twice as long as it may work is not over", async () => {
  assert.equal(await firstOf(waits(2 * ALLOWED_MS)), "done");
});

test("by the clock a thread has eight times as long", async () => {
  assert.equal(await firstOf(waits(60_000)), "over");
});

test("where Node does not tell what a thread uses, the clock counts", async () => {
  const silent = (thread: Worker): Worker => Object.create(thread, { cpuUsage: { value: undefined } }) as Worker;
  assert.equal(await firstOf(waits(7 * ALLOWED_MS), silent), "over");
});

test("whoever has stopped hears nothing more", async () => {
  const thread = await threadThat("for (;;)");
  try {
    thread.postMessage("begin");
    let isOver = false;
    afterProcessorTime(thread, ALLOWED_MS, () => (isOver = true))();
    await new Promise<void>((resolve) => void afterProcessorTime(thread, 2 * ALLOWED_MS, resolve));
    assert.equal(isOver, false);
  } finally {
    await thread.terminate();
  }
});
