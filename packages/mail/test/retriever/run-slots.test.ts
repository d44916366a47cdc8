// When a slot of the daemon is free again, by a clock of the test's own.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { RUNS_AT_ONCE, RunSlots } from "../../src/retriever/daemon/run-slots.ts";

/** All are taken; answers whether one more has its turn after so many milliseconds, in which the first is touched each time. */
async function isFreeAfter(context: TestContext, waits: readonly number[], o: { readonly touches: boolean }) {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const slots = new RunSlots();
  const never = new AbortController().signal;
  const taken = Array.from({ length: RUNS_AT_ONCE }, () => slots.take(never));
  let isFree = false;
  void Promise.resolve(slots.take(never)).then(() => (isFree = true));
  for (const wait of waits) {
    context.mock.timers.tick(wait);
    if (o.touches) for (const slot of taken) if (!(slot instanceof Promise)) slot.touch();
  }
  await Promise.resolve();
  await Promise.resolve();
  context.mock.timers.reset();
  return isFree;
}

test("a slot is given away after a second of silence", async (context) => {
  assert.equal(await isFreeAfter(context, [999], { touches: false }), false);
  assert.equal(await isFreeAfter(context, [1_000], { touches: false }), true);
});

test("a slot whose server goes on speaking is given away after five seconds", async (context) => {
  const waits = Array.from({ length: 9 }, () => 500);
  assert.equal(await isFreeAfter(context, [...waits, 499], { touches: true }), false);
  assert.equal(await isFreeAfter(context, [...waits, 500], { touches: true }), true);
});
