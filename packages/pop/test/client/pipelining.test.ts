// Many commands at once: only where it is announced, tried with two, in bounded runs, and given up where it fails.
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, createHostMemory, Pop3Error } from "@restante/pop/client";
import type { ScriptedPeer } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { collect, errorOf, mail, settingFor, text } from "./fixture.ts";

const LATENCY_MS = 5;

function packets(peer: ScriptedPeer, connection = 0): readonly string[] {
  return peer.connections[connection]?.packets ?? [];
}

test("two hundred messages are collected and removed in at most twelve round trips", async (context) => {
  const messages = mail(200);
  const { peer, session } = await settingFor(context, { messages, latencyMs: LATENCY_MS });
  const pop = await session();
  const got: string[] = [];
  const stored: number[] = [];
  for await (const message of pop.messages()) {
    got.push(await text(message.retrieve()));
    stored.push(message.n);
  }
  await pop.delete(stored);
  assert.equal((await pop.commit()).status, "committed");
  assert.deepEqual(got, messages);
  assert.equal(peer.maildrop.messages.length, 0);
  const trips = peer.connections[0]?.roundTrips ?? 0;
  assert.ok(trips <= 12, `${trips} round trips`);
});

test("a session that marked nothing takes its leave in one packet, one that marked waits for RSET's answer", async (context) => {
  const { peer, session } = await settingFor(context, { messages: mail(2) });
  const reading = await session();
  await collect(reading);
  await reading.rollback();
  assert.equal(packets(peer).at(-1), "RSET\r\nQUIT\r\n");
  const marking = await session();
  await collect(marking);
  await marking.delete(1);
  await marking.rollback();
  assert.deepEqual(packets(peer, 1).slice(-2), ["RSET\r\n", "QUIT\r\n"]);
  assert.equal(peer.maildrop.messages.length, 2);
});

requirement("P3-C-099", "a server that does not announce PIPELINING is sent one command at a time", async (context) => {
  const capabilities = ["SASL PLAIN", "UIDL", "TOP"];
  const { peer, session } = await settingFor(context, { messages: mail(20), capabilities });
  const pop = await session();
  assert.equal((await collect(pop)).length, 20);
  await Promise.all([pop.noop(), pop.stat(), pop.noop()]);
  await pop.commit();
  for (const packet of packets(peer)) assert.equal(packet.split("\r\n").length, 2, packet);
});

test("in probation two commands are in flight, afterwards as many as the window has", async (context) => {
  const { peer, session } = await settingFor(context, { messages: mail(60), latencyMs: LATENCY_MS });
  const pop = await session({ limits: { inFlightMax: 8 } });
  await collect(pop);
  const runs = packets(peer).map((packet) => packet.split("\r\n").length - 1);
  const first = packets(peer).findIndex((packet) => packet.startsWith("LIST"));
  assert.equal(packets(peer)[first], "LIST\r\nUIDL\r\n");
  assert.equal(Math.max(...runs.slice(0, first)), 1);
  assert.ok(Math.max(...runs) <= 8, String(runs));
  assert.ok(Math.max(...runs) >= 4, String(runs));
});

test("a listing that is asked for with the login goes in one packet with CAPA, and is the first list's answer", async (context) => {
  const { peer, session } = await settingFor(context, { messages: mail(3), latencyMs: LATENCY_MS });
  const pop = await session({ listing: true });
  assert.equal(packets(peer).at(-1), "CAPA\r\nLIST\r\nUIDL\r\n");
  assert.equal((await pop.list()).entries.length, 3);
  assert.equal(packets(peer).at(-1), "CAPA\r\nLIST\r\nUIDL\r\n", "nothing was asked again");
  // It was proved with these three that the server takes several: now all go at once.
  assert.deepEqual(await collect(pop), mail(3));
  assert.deepEqual(packets(peer).slice(-2), ["LIST\r\nUIDL\r\n", "RETR 1\r\nRETR 2\r\nRETR 3\r\n"]);
});

test("a listing that was asked for with the login is asked for again behind a mark", async (context) => {
  const { session } = await settingFor(context, { messages: mail(3) });
  const pop = await session({ listing: true });
  await pop.delete(2);
  assert.deepEqual(
    (await pop.list()).entries.map(({ n }) => n),
    [1, 3],
  );
});

test("a caller's signal ends the wait for a listing that was asked for with the login", async (context) => {
  const { session } = await settingFor(context, {
    messages: mail(3),
    capabilities: ["SASL PLAIN", "UIDL", "TOP"],
    faults: [{ on: "LIST", stall: 0 }],
  });
  const pop = await session({ listing: true });
  const stop = new AbortController();
  const listing = pop.list({ signal: stop.signal });
  stop.abort();
  assert.equal((await errorOf(listing)).code, "ABORTED");
});

test("a server that loses one of the three that go with a login is found out before any is believed", async (context) => {
  for (const fault of [{ on: "LIST" }, { on: "UIDL" }, { on: "CAPA", skip: 1 }]) {
    const { on } = fault;
    const { peer, session } = await settingFor(context, {
      messages: mail(3),
      latencyMs: LATENCY_MS,
      faults: [{ ...fault, connection: 1, omit: true }],
    });
    const pop = await session({ listing: true, timeouts: { probationMs: 400 } });
    assert.deepEqual(await collect(pop), mail(3), on);
    assert.equal(peer.connections.length, 2, on);
    assert.deepEqual(packets(peer, 1).slice(-3), ["RETR 1\r\n", "RETR 2\r\n", "RETR 3\r\n"]);
  }
});

test("answers come to those who asked, whatever they asked and in whatever order they wait", async (context) => {
  const { session } = await settingFor(context, { messages: mail(5) });
  const pop = await session();
  await pop.list();
  const three = pop.retrieve(3);
  const one = pop.retrieve(1);
  const two = pop.retrieve(2);
  const stat = pop.stat();
  assert.deepEqual(await Promise.all([text(one), text(two), text(three)]), [mail(5)[0], mail(5)[1], mail(5)[2]]);
  assert.equal((await stat).count, 5);
});

test("a server that drops what comes together is found out, and used without pipelining", async (context) => {
  const messages = mail(10);
  for (const [together, listing] of [
    ["first", false],
    ["close", false],
    ["first", true],
    ["close", true],
  ] as const) {
    const { peer, session, options } = await settingFor(context, {
      messages,
      latencyMs: LATENCY_MS,
      faults: [{ on: "connection", together }],
    });
    const hostMemory = createHostMemory();
    const timeouts = { probationMs: 400 };
    let told = 0;
    const onOutOfStep = (): void => void (told += 1);
    const pop = await session({ hostMemory, timeouts, listing, onOutOfStep });
    assert.deepEqual(await collect(pop), messages, together);
    assert.equal(told, 1);
    assert.equal(pop.state, "transaction");
    assert.equal(peer.connections.length, 2);
    for (const packet of packets(peer, 1)) assert.equal(packet.split("\r\n").length, 2, packet);
    // The host is remembered: the next session does not try.
    const { port } = peer;
    assert.equal(hostMemory.isPipeliningBroken(`127.0.0.1:${port}`), true);
    await pop.commit();
    const next = await connect(options({ hostMemory, timeouts, onOutOfStep }));
    assert.deepEqual(await collect(next), messages);
    assert.equal(told, 1, "nothing was sent together");
    assert.equal(peer.connections.length, 3);
    await next.commit();
  }
});

test("a server that is slow to answer is slow, and is not remembered for what it did not do", async (context) => {
  const messages = mail(10);
  for (const listing of [false, true]) {
    const { peer, session } = await settingFor(context, { messages, faults: [{ on: "UIDL", delayMs: 900 }] });
    const hostMemory = createHostMemory();
    const pop = await session({ hostMemory, listing, timeouts: { probationMs: 300 } });
    assert.deepEqual(await collect(pop), messages);
    assert.equal(hostMemory.isPipeliningBroken(`127.0.0.1:${peer.port}`), false);
    await pop.commit();
  }
});

test("a server that lost commands is remembered although it does not let in again at once; one that is gone is not", async (context) => {
  for (const [fault, isRemembered] of [
    [{ on: /^(?:AUTH|PASS)/, connection: 2, answer: "-ERR [IN-USE] wait" }, true],
    [{ on: "greeting", connection: 2, drop: 0 }, false],
  ] as const) {
    const faults = [{ on: "UIDL", connection: 1, omit: true }, fault];
    const { peer, session } = await settingFor(context, { messages: mail(3), faults });
    const hostMemory = createHostMemory();
    const pop = await session({ hostMemory, timeouts: { probationMs: 300 } });
    await errorOf(pop.list());
    assert.equal(hostMemory.isPipeliningBroken(`127.0.0.1:${peer.port}`), isRemembered);
  }
});

test("a message that came in the place of another is not taken for it", async (context) => {
  const messages = mail(30);
  for (const lost of [2, 29]) {
    const { peer, session } = await settingFor(context, {
      messages,
      latencyMs: LATENCY_MS,
      faults: [{ on: `RETR ${lost}`, connection: 1, omit: true }],
    });
    const pop = await session({ timeouts: { probationMs: 400 } });
    const got: string[] = [];
    const failed: number[] = [];
    for await (const message of pop.messages()) {
      try {
        got.push(await text(message.retrieve()));
      } catch (error) {
        // Some of the wrong message was in our hands already; the session goes on, on its second connection.
        assert.ok(Pop3Error.is(error, "PIPELINE_DESYNC") && error.sessionUsable);
        failed.push(message.n);
        got.push(await text(message.retrieve()));
      }
    }
    assert.deepEqual(got, messages, `the answer to RETR ${lost}`);
    assert.deepEqual(failed, [lost]);
    assert.equal(peer.connections.length, 2);
    assert.equal(pop.state, "transaction");
  }
});

test("sizes that are wrong cost no connection: what came behind others is asked for again, one at a time", async (context) => {
  const messages = mail(30);
  const { peer, session } = await settingFor(context, {
    messages: messages.map((octets, at) => ({ octets, listedOctets: 1_000 + at })),
  });
  const hostMemory = createHostMemory();
  const pop = await session({ hostMemory });
  assert.deepEqual(await collect(pop), messages);
  assert.equal(peer.connections.length, 1);
  assert.equal(hostMemory.isPipeliningBroken(`127.0.0.1:${peer.port}`), false, "a wrong size is no lost command");
  await pop.delete(messages.map((_, at) => at + 1));
  assert.equal((await pop.commit()).status, "committed");
  assert.equal(peer.maildrop.messages.length, 0);
});

test("messages with wrong sizes that are all read at once come whole", async (context) => {
  const messages = mail(8);
  const { session } = await settingFor(context, {
    messages: messages.map((octets, at) => ({ octets, listedOctets: 1_000 + at })),
    faults: [{ on: "RETR", split: [7] }],
  });
  const pop = await session();
  await pop.list();
  assert.deepEqual(await Promise.all(messages.map((_, at) => text(pop.retrieve(at + 1)))), messages);
});

test("after a mark a lost answer is told, for the marks are gone with the connection", async (context) => {
  const { peer, session, options } = await settingFor(context, { messages: mail(10), latencyMs: LATENCY_MS });
  const pop = await session({ timeouts: { commandMs: 500 } });
  await pop.list();
  await pop.delete(1);
  peer.script([{ on: "NOOP", times: 1, omit: true }]);
  const [, error] = await Promise.all([pop.noop(), errorOf(pop.noop())]);
  assert.deepEqual([error.code, error.retry, error.sessionUsable], ["PIPELINE_DESYNC", "now", false]);
  assert.equal((await pop.closed).kind, "error");
  assert.equal(peer.connections.length, 1);
  const next = await connect(options());
  assert.equal((await next.stat()).count, 10);
  await next.commit();
});

test("another maildrop behind the second connection is not taken for the first", async (context) => {
  const { peer, session } = await settingFor(context, {
    messages: mail(4),
    latencyMs: LATENCY_MS,
    faults: [{ on: "login", connection: 2, sees: [2, 3, 4] }],
  });
  const pop = await session({ timeouts: { commandMs: 500 } });
  await pop.list();
  peer.script([
    { on: "RETR", connection: 1, omit: true },
    { on: "login", connection: 2, sees: [2, 3, 4] },
  ]);
  const reads = await Promise.all([errorOf(pop.retrieve(1).toBuffer()), errorOf(pop.retrieve(2).toBuffer())]);
  for (const error of reads) assert.equal(error.code, "PIPELINE_DESYNC");
  assert.equal(pop.state, "closed");
});

test("a loop that marks as it goes, over read-ahead, ends and removes", async (context) => {
  const messages = mail(50);
  const { peer, session } = await settingFor(context, { messages });
  const pop = await session();
  for await (const message of pop.messages()) {
    await message.retrieve().toBuffer();
    await message.delete();
  }
  assert.equal(pop.marked.size, 50);
  await pop.commit();
  assert.equal(peer.maildrop.messages.length, 0);
});

test("what was read ahead and is larger than it should be gives way to those who wait", async (context) => {
  const big = `Subject: big\r\n\r\n${"x".repeat(400_000)}\r\n`;
  const messages = ["one\r\n", { octets: big, listedOctets: 10 }, { octets: big, listedOctets: 10 }, "four\r\n"];
  const { peer, session } = await settingFor(context, { messages });
  const pop = await session({ limits: { readAheadOctets: 50_000 } });
  const got: string[] = [];
  for await (const message of pop.messages()) {
    got.push(await text(message.retrieve()));
    await message.delete();
  }
  assert.deepEqual(got, ["one\r\n", big, big, "four\r\n"]);
  await pop.commit();
  assert.equal(peer.maildrop.messages.length, 0);
});

test("messages read in another order than they were read ahead all come", async (context) => {
  const messages = mail(30);
  const { session } = await settingFor(context, { messages });
  const pop = await session({ limits: { readAheadOctets: 200, bufferedOctets: 64 } });
  const kept = [];
  for await (const message of pop.messages()) {
    kept.push(message);
    if (message.n === 1) await message.retrieve().toBuffer();
  }
  for (const message of kept.toReversed()) {
    assert.equal(await text(message.retrieve()), messages[message.n - 1]);
  }
});

test("a loop that looks at headers alone reads nothing ahead", async (context) => {
  const { peer, session } = await settingFor(context, { messages: mail(10) });
  const pop = await session();
  for await (const message of pop.messages({ order: "newest", limit: 3, where: ({ n }) => n !== 9 })) {
    assert.equal((await message.headers()).toString(), `Subject: ${message.n}\r\n\r\n`);
  }
  assert.deepEqual(
    peer.commands.filter((command) => /^(?:TOP|RETR)/.test(command)),
    ["TOP 10 0", "TOP 8 0", "TOP 7 0"],
  );
});

test("leaving the loop gives up what was read ahead, and the session goes on", async (context) => {
  const messages = mail(150);
  const { session } = await settingFor(context, { messages });
  const pop = await session();
  for await (const message of pop.messages()) {
    await message.retrieve().toBuffer();
    if (message.n === 3) break;
  }
  assert.equal((await pop.stat()).count, 150);
  assert.equal(await text(pop.retrieve(100)), messages[99]);
});

test("messages are left out by size and by the caller, before anything is asked for", async (context) => {
  const { peer, session } = await settingFor(context, { messages: ["a\r\n", "b".repeat(500), "c\r\n", "d\r\n"] });
  const pop = await session();
  const seen: number[] = [];
  for await (const message of pop.messages({ octetsMax: 100, where: ({ n }) => n !== 3 })) {
    seen.push(message.n);
    await message.retrieve().toBuffer();
  }
  assert.deepEqual(seen, [1, 4]);
  assert.deepEqual(
    peer.commands.filter((command) => command.startsWith("RETR")),
    ["RETR 1", "RETR 4"],
  );
});

test("pipelining that is switched off is not tried", async (context) => {
  const { peer, session } = await settingFor(context, { messages: mail(10) });
  const pop = await session({ pipelining: "off" });
  await collect(pop);
  for (const packet of packets(peer)) assert.equal(packet.split("\r\n").length, 2, packet);
});

test("a consumer that is slow makes the server wait, and gets every octet", async (context) => {
  const octets = `${"x".repeat(70)}\r\n`.repeat(100_000);
  const { peer, session } = await settingFor(context, { messages: [octets] });
  const pop = await session({ limits: { bufferedOctets: 65_536 } });
  const stream = pop.retrieve(1);
  const reader = stream[Symbol.asyncIterator]();
  let received = (await reader.next()).value?.length ?? 0;
  // As long as nobody reads, what the peer could send stays far below what it has.
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
  const held = peer.connections[0]?.sentOctets ?? 0;
  for (let chunk = await reader.next(); chunk.done !== true; chunk = await reader.next())
    received += chunk.value.length;
  assert.equal(received, octets.length);
  assert.equal((await stream.done).octets, octets.length);
  assert.ok(held < octets.length, `${held} of ${octets.length} octets were sent to nobody`);
});

test("a log and a memory that throw are warned of, and the session goes on", async (context) => {
  const messages = mail(10);
  const faults = [{ on: "connection", together: "first" }] as const;
  const { session } = await settingFor(context, { messages, latencyMs: LATENCY_MS, faults });
  const broken = (): never => {
    throw new Error("the disk is full");
  };
  const warnings: string[] = [];
  const hear = (warning: Error): void => void warnings.push(warning.message);
  process.on("warning", hear);
  context.after(() => process.off("warning", hear));
  const pop = await session({
    log: { info: broken, warn: broken },
    hostMemory: { isPipeliningBroken: () => false, rememberPipeliningBroken: broken },
    timeouts: { probationMs: 400 },
  });
  assert.deepEqual(await collect(pop), messages);
  assert.deepEqual(warnings, ["the disk is full", "the disk is full"]);
});
