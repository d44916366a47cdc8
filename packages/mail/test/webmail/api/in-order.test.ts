import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turnOfLoop } from "node:timers/promises";
import { inOrder } from "../../../src/webmail/api/web/in-order.ts";

test("answers wait for those before them, and for one that fails as well", async () => {
  const inTurn = inOrder();
  const told: string[] = [];
  let fail = (_why: string): void => undefined;
  const slow = new Promise<string>((_resolve, reject) => (fail = reject));
  const all = [slow, Promise.resolve("quick")].map((answer) =>
    inTurn(answer).then(
      (said) => told.push(said),
      (error: unknown) => told.push(String(error)),
    ),
  );
  await turnOfLoop();
  assert.deepEqual(told, []);
  fail("no");
  await Promise.all(all);
  assert.deepEqual(told, ["no", "quick"]);
});
