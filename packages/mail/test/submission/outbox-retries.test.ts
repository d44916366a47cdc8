// When a message is tried again, and when no more: on a clock of the test's own, each attempt by the next process.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { OutboxEntry } from "../../src/submission/contract.ts";
import type { OutboxOptions } from "../../src/submission/outbox.ts";
import { desk, mailboxOf, reopened, serverAt, toServer, untilAttempted, type Desk } from "./outbox-desk.ts";
import { smtpPeer } from "./smtp-peer.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BEGIN = Date.UTC(2026, 2, 2);

/** The entry after the attempt that is due at `clock`. */
async function attemptAt(
  context: TestContext,
  at: Desk,
  o: { readonly clock: number; readonly route: OutboxOptions["route"] },
): Promise<OutboxEntry> {
  let settle: (entry: OutboxEntry) => void = () => undefined;
  const settled = new Promise<OutboxEntry>((resolve) => (settle = resolve));
  const outbox = await reopened(context, at, {
    route: o.route,
    now: () => o.clock,
    onChange: (entry) => {
      if (entry.state !== "sending") settle(entry);
    },
  });
  const entry = await settled;
  await outbox.stop({ withinMs: 5_000 });
  return entry;
}

/** Waits, in minutes, between the attempts; the last entry. */
async function untilSettled(context: TestContext, at: Desk, port: number) {
  let entry = await untilAttempted(at);
  await at.outbox.stop({ withinMs: 5_000 });
  const waits: number[] = [];
  for (let clock = BEGIN; entry.state === "queued";) {
    waits.push((entry.nextTryAt - clock) / MINUTE);
    clock = entry.nextTryAt;
    entry = await attemptAt(context, at, { clock, route: toServer(serverAt({ port })) });
  }
  return { waits, entry };
}

test("a message is tried again after 1, 5, 15 and 60 minutes and then hourly, and given up after 48 hours", async (context) => {
  const peer = await smtpPeer(context, { onRecipient: () => "451 4.7.1 come back later" });
  const at = await desk(context, toServer(serverAt(peer)), { now: () => BEGIN });
  await at.write();
  const { waits, entry } = await untilSettled(context, at, peer.port);
  assert.deepEqual(waits.slice(0, 6), [1, 5, 15, 60, 60, 60]);
  assert.ok(waits.slice(3).every((wait) => wait === 60));
  const tried = waits.reduce((sum, wait) => sum + wait, 0) * MINUTE;
  assert.ok(tried >= 48 * HOUR && tried < 49 * HOUR, `given up after ${tried / HOUR} hours`);
  assert.deepEqual([entry.state, entry.trouble?.code], ["failed", "gave-up"]);
  assert.match(entry.trouble?.reply ?? "", /come back later/, "the server's words of the last attempt");
  assert.equal(await mailboxOf(at, entry.messageId), "Outbox");
  assert.deepEqual(at.problems, []);
});

test("what our own side cannot read is said, tried again later and later, and given up like a server's failure", async (context) => {
  const route = (): Promise<never> => Promise.reject(new Error("EACCES: a password nobody may read"));
  const at = await desk(context, route, { now: () => BEGIN });
  await at.write();
  let entry = await untilAttempted(at);
  await at.outbox.stop({ withinMs: 5_000 });
  let clock = BEGIN;
  for (const minutes of [1, 5, 15, 60]) {
    assert.deepEqual([entry.state, entry.trouble?.code], ["queued", "our-side"]);
    assert.equal(entry.nextTryAt - clock, minutes * MINUTE);
    clock = entry.nextTryAt;
    entry = await attemptAt(context, at, { clock, route });
  }
  entry = await attemptAt(context, at, { clock: BEGIN + 48 * HOUR, route });
  assert.deepEqual([entry.state, entry.trouble?.code], ["failed", "our-side"]);
  assert.match(entry.trouble?.words ?? "", /password/);
  assert.equal(at.problems.length, entry.attempts, "each is told to whoever keeps the log");
});

test("given up for one while others have it, it is sent, filed, and says who", async (context) => {
  const peer = await smtpPeer(context, {
    onRecipient: (address) => (address.startsWith("ben") ? "451 4.7.1 come back later" : undefined),
  });
  const at = await desk(context, toServer(serverAt(peer)), { now: () => BEGIN });
  await at.write();
  const { entry } = await untilSettled(context, at, peer.port);
  assert.deepEqual(
    [entry.state, entry.trouble?.code, entry.taken, entry.envelope.to, entry.canBeTakenBack],
    ["sent", "gave-up", ["cleo@elm.example"], ["ben@oak.example"], true],
  );
  assert.equal(await mailboxOf(at, entry.messageId), "Sent");
  assert.equal(peer.taken.length, 1);
});
