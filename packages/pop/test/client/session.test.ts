// How a session ends, and how it is told from others.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, Pop3Error } from "@restante/pop/client";
import { errorOf, settingFor, settingWith } from "./fixture.ts";

test("every call after the end says so, and closed resolves with the reason", async (context) => {
  for (const [fault, kind, code] of [
    [{ on: "NOOP", drop: 0 }, "server", "CLOSED"],
    [{ on: "NOOP", drop: 0, how: "reset" }, "error", "NETWORK"],
    [{ on: "NOOP", answer: "hello" }, "error", "PROTOCOL"],
    [{ on: "NOOP", behind: "+OK unasked\r\n" }, "error", "PROTOCOL"],
  ] as const) {
    const { session } = await settingWith(context, fault);
    const pop = await session();
    await pop.noop().catch((error: unknown) => assert.ok(Pop3Error.is(error)));
    const reason = await pop.closed;
    assert.deepEqual([reason.kind, reason.error?.code], [kind, code], JSON.stringify(fault));
    for (const call of [pop.stat(), pop.list(), pop.noop(), pop.delete(1), pop.retrieve(1).toBuffer(), pop.commit()]) {
      assert.equal((await errorOf(call)).sessionUsable, false);
    }
  }
});

test("-ERR out of nowhere is a goodbye", async (context) => {
  const { session } = await settingWith(context, { on: "NOOP", behind: "-ERR idle for too long\r\n" });
  const pop = await session();
  await pop.noop().catch((error: unknown) => assert.ok(Pop3Error.is(error)));
  const { kind, error } = await pop.closed;
  assert.deepEqual([kind, error?.code, error?.serverText], ["server", "CLOSED", "idle for too long"]);
});

test("a call nobody waits for does not end the process when its session dies", async (context) => {
  const { session } = await settingWith(context, { on: "STAT", drop: 0 });
  const pop = await session();
  const unhandled: unknown[] = [];
  const listen = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", listen);
  for (const call of [pop.stat(), pop.list(), pop.noop(), pop.retrieve(1).done, pop.delete([1, 2]), pop.headers(1)]) {
    assert.ok(call instanceof Promise);
  }
  await pop.closed;
  await new Promise((resolve) => void setImmediate(resolve));
  process.off("unhandledRejection", listen);
  assert.deepEqual(unhandled, []);
});

test("nor does what is asked of a message, or read of it, by nobody who waits", async (context) => {
  const { session } = await settingWith(context, { on: "RETR", drop: 10 });
  const pop = await session();
  const message = await pop.message(1);
  const unhandled: unknown[] = [];
  const listen = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", listen);
  process.on("uncaughtException", listen);
  const chunks: Uint8Array[] = [];
  const readable = message.retrieve().toReadable();
  readable.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
  for (const call of [message.headers(), message.delete(), message.retrieve().toBuffer(), pop.retrieve(2).toBuffer()])
    assert.ok(call instanceof Promise);
  await pop.closed;
  await new Promise((resolve) => void setTimeout(resolve, 20));
  process.off("unhandledRejection", listen);
  process.off("uncaughtException", listen);
  assert.deepEqual(unhandled, []);
  assert.ok(readable.errored !== null);
});

test("two sessions do not know of each other", async (context) => {
  const { options } = await settingFor(context);
  const [one, other] = await Promise.all([connect(options()), connect(options())]);
  assert.notEqual(one.id, other.id);
  await one.commit();
  assert.equal((await other.stat()).count, 3);
  await other.commit();
});

test("a greeting and an id tell sessions apart in a log", async (context) => {
  const { session } = await settingFor(context, { greeting: "mail\x07 ready" });
  const pop = await session();
  assert.equal(pop.greeting, "mail\\x07 ready");
  assert.match(pop.id, /^pop3-[0-9a-z]+$/);
  assert.equal(pop.host, "127.0.0.1");
});
