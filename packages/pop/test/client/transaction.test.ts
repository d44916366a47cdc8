// A session is a transaction: marks, commit, rollback, and what is told when nobody knows.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PeerFault } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { errorOf, settingFor, settingWith } from "./fixture.ts";

requirement(
  ["P3-C-090", "P3-C-107"],
  "only QUIT that is answered +OK removes, and its answer is waited for",
  async (context) => {
    const { peer, session } = await settingFor(context);
    const pop = await session();
    await pop.delete([1, 3]);
    assert.deepEqual([...pop.marked].sort(), [1, 3]);
    assert.equal(peer.maildrop.messages.length, 3);
    assert.deepEqual(await pop.commit(), { status: "committed", text: "bye" });
    assert.equal(peer.maildrop.messages.length, 1);
    assert.deepEqual(await pop.closed, { kind: "commit" });
    assert.equal(pop.state, "closed");
    assert.equal((await errorOf(pop.stat())).code, "STATE");
  },
);

test("QUIT that is refused is told as a partial commit", async (context) => {
  const { session } = await settingWith(context, {
    on: "QUIT",
    answer: "-ERR [SYS/TEMP] some deleted messages not removed",
  });
  const pop = await session();
  await pop.delete(1);
  const { status, text: said, error } = await pop.commit();
  assert.deepEqual([status, said], ["partial", "some deleted messages not removed"]);
  assert.deepEqual([error?.code, error?.retry, error?.responseCode], ["COMMIT_PARTIAL", "now", "SYS/TEMP"]);
});

test("QUIT that nobody answers is told as unknown, whether it was carried out or not", async (context) => {
  for (const fault of [
    { on: "QUIT", drop: 0 },
    { on: "QUIT", drop: 0, applies: false },
    { on: "QUIT", drop: 3, how: "reset" },
    { on: "QUIT", stall: 0 },
  ] satisfies PeerFault[]) {
    const { session } = await settingWith(context, fault);
    const pop = await session({ timeouts: { commandMs: 500 } });
    await pop.delete(1);
    const result = await pop.commit();
    assert.equal(result.status, "unknown");
    assert.equal(result.error?.code, "COMMIT_UNKNOWN");
    assert.notEqual((await pop.closed).error, undefined);
  }
});

test("a connection that was lost before QUIT committed nothing, and says so", async (context) => {
  const { peer, session } = await settingWith(context, { on: "NOOP", drop: 0 });
  const pop = await session();
  await pop.delete(1);
  await errorOf(pop.noop());
  const error = await errorOf(pop.commit());
  assert.equal(error.code, "CLOSED");
  assert.equal(peer.commands.includes("QUIT"), false);
  assert.equal(peer.maildrop.messages.length, 3);
});

requirement("P3-C-106", "leaving without commit takes the marks back before it says QUIT", async (context) => {
  const { peer, session } = await settingFor(context);
  const pop = await session();
  await assert.rejects(async () => {
    await using inner = pop;
    await inner.delete(1);
    throw new Error("the disk is full");
  }, /disk is full/);
  assert.deepEqual(peer.commands.slice(-2), ["RSET", "QUIT"]);
  assert.equal(peer.maildrop.messages.length, 3);
  assert.deepEqual(await pop.closed, { kind: "rollback" });
  await pop.rollback();
});

test("where RSET is refused nothing is risked: the connection ends without QUIT", async (context) => {
  const { peer, session } = await settingWith(context, { on: "RSET", answer: "-ERR no" });
  const pop = await session();
  await pop.delete(1);
  await pop.rollback();
  await peer.untilClosed(1);
  assert.equal(peer.commands.includes("QUIT"), false);
  assert.equal(peer.maildrop.messages.length, 3);
});

test("rolling back does not read what nobody wants, and does not wait for a server that is silent", async (context) => {
  const { peer, session } = await settingFor(context, {
    messages: ["x".repeat(8_000_000), "y\r\n"],
    faults: [{ on: "RSET", stall: 0 }],
  });
  const large = await session();
  await large.list();
  const stream = large.retrieve(1);
  const reader = stream[Symbol.asyncIterator]();
  assert.equal((await reader.next()).done, false);
  await large.rollback();
  assert.equal((await errorOf(stream.done)).code, "ABORTED");
  assert.ok((peer.connections[0]?.sentOctets ?? 0) < 8_000_000);
  const silent = await session({ timeouts: { leaveMs: 50 } });
  await silent.rollback();
  assert.deepEqual(await silent.closed, { kind: "rollback" });
});

test("undeleteAll takes marks back, and marking goes on", async (context) => {
  const { peer, session } = await settingFor(context);
  const pop = await session();
  await pop.delete([1, 2]);
  await pop.undeleteAll();
  assert.equal(pop.marked.size, 0);
  await pop.delete({ uniqueId: (await pop.list()).entries[2]?.uniqueId ?? "" });
  await pop.commit();
  assert.deepEqual(peer.maildrop.messages.length, 2);
});

test("of several marks one may be refused, and the others hold", async (context) => {
  const { session } = await settingWith(context, { on: "DELE 2", answer: "-ERR [SYS/PERM] no" });
  const pop = await session();
  const error = await errorOf(pop.delete([1, 2, 3]));
  assert.deepEqual([error.code, error.n, error.phase, error.command], ["MESSAGE_REFUSED", 2, "delete", "DELE 2"]);
  assert.deepEqual([...pop.marked], [1, 3]);
});

test("rolling back in the middle of a loop gives up what was read ahead", async (context) => {
  const messages = Array.from({ length: 40 }, (_, at) => `Subject: ${at}\r\n\r\nbody\r\n`);
  const { peer, session } = await settingFor(context, { messages, latencyMs: 20 });
  const pop = await session();
  for await (const message of pop.messages()) {
    await message.retrieve().toBuffer();
    const behind = pop.retrieve(40);
    await pop.rollback();
    assert.equal((await errorOf(behind.toBuffer())).code, "ABORTED");
    break;
  }
  assert.deepEqual(peer.commands.slice(-2), ["RSET", "QUIT"]);
  assert.equal(peer.maildrop.messages.length, 40);
});

test("a session that hangs up says no QUIT, and tells whose octets the server may have taken for retrieved", async (context) => {
  const { peer, session } = await settingWith(context, { on: "RETR 2", answer: "-ERR no" });
  const pop = await session();
  await pop.retrieve(1).toBuffer();
  await errorOf(pop.retrieve(2).toBuffer());
  await pop.headers(3);
  assert.deepEqual([...pop.retrieved], [1]);
  pop.hangUp();
  assert.deepEqual(await pop.closed, { kind: "rollback" });
  assert.equal((await errorOf(pop.noop())).code, "STATE");
  assert.ok(!peer.commands.includes("QUIT"));
});
