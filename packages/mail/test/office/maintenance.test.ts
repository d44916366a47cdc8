// Housekeeping: what fails is told, and holds up nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startMaintenance } from "../../src/office/maintenance.ts";
import { SILENT } from "../../src/observe/index.ts";

const minuteMs = 60_000;
const hourMs = 3_600_000;
const nothing = { bodies: 0, messages: 0, deliveryIds: 0, changes: 0 };

test("a certificate that cannot be renewed holds up neither old mail nor garbage", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const done: string[] = [];
  const maintenance = startMaintenance({
    store: {
      expireMail: () => {
        done.push("expired");
        return Promise.resolve({ messages: 0, isDone: true });
      },
      collectGarbage: () => {
        done.push("collected");
        return Promise.resolve(nothing);
      },
    },
    log: { ...SILENT, error: (_, text) => void done.push(text) },
    renewCertificate: () => Promise.reject(new Error("no key")),
  });
  context.mock.timers.tick(minuteMs);
  await new Promise(setImmediate);
  await maintenance.stop();
  assert.deepEqual(done, ["housekeeping failed; it is tried again in an hour", "expired", "collected"]);
});

test("a round that takes longer than an hour is not overtaken, and stopping waits for it", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  let rounds = 0;
  let finish = (): void => {};
  const maintenance = startMaintenance({
    store: {
      expireMail: () => {
        rounds += 1;
        return new Promise((resolve) => (finish = () => resolve({ messages: 0, isDone: true })));
      },
      collectGarbage: () => Promise.resolve(nothing),
    },
    log: SILENT,
    renewCertificate: () => Promise.resolve(),
  });
  context.mock.timers.tick(minuteMs);
  await Promise.resolve();
  context.mock.timers.tick(2 * hourMs);
  await Promise.resolve();
  assert.equal(rounds, 1);
  let isStopped = false;
  const stopping = maintenance.stop().then(() => (isStopped = true));
  await new Promise(setImmediate);
  assert.equal(isStopped, false);
  finish();
  await stopping;
});
