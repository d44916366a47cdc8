// What a scripted peer writes down, so that a test can say what was asked, in what order, and what never left.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { MESSAGES, peerFor } from "./peer-fixture.ts";

test("commands, SASL responses and replies are written down in order, for each connection", async (context) => {
  const { peer, connect } = await peerFor(context);
  const first = await connect();
  await first.line();
  const second = await connect();
  await second.line();
  assert.equal(await first.command("AUTH PLAIN"), "+ ");
  assert.equal(await second.command("USER anna"), "+OK name taken");
  assert.equal(await first.command("AGFubmEAc2VjcmV0"), "+OK maildrop open");
  await first.list("LIST");
  first.socket.destroy();
  second.socket.destroy();
  await peer.untilClosed();
  const told = peer.log.flatMap((event) =>
    "text" in event ? [`${event.connection} ${event.kind} ${event.text}`] : [],
  );
  assert.deepEqual(told, [
    "1 reply +OK POP3 ready",
    "2 reply +OK POP3 ready",
    "1 command AUTH PLAIN",
    "1 reply + ",
    "2 command USER anna",
    "2 reply +OK name taken",
    "1 response AGFubmEAc2VjcmV0",
    "1 reply +OK maildrop open",
    "1 command LIST",
    "1 reply +OK listing follows",
  ]);
  assert.deepEqual(
    peer.log.map(({ sequence }) => sequence),
    peer.log.map((_, i) => i),
  );
  assert.deepEqual(
    peer.connections.map(({ number, commands }) => [number, commands]),
    [
      [1, ["AUTH PLAIN", "LIST"]],
      [2, ["USER anna"]],
    ],
  );
  assert.deepEqual(peer.commands, ["AUTH PLAIN", "USER anna", "LIST"]);
});

test("everything received is kept as it came: packets, lines, and what is no line", async (context) => {
  const { peer, connect } = await peerFor(context);
  const client = await connect();
  await client.line();
  client.send("\xe9\0 x\r\n");
  await client.line();
  client.send("no line end");
  client.end();
  await peer.untilClosed();
  const [connection] = peer.connections;
  assert.equal(connection?.received, "\xe9\0 x\r\nno line end");
  assert.deepEqual(connection?.packets, ["\xe9\0 x\r\n", "no line end"]);
  assert.deepEqual(connection?.lines, ["\xe9\0 x"]);
  assert.deepEqual(
    peer.log.flatMap((event) => (event.kind === "packet" ? [event.octets] : [])),
    [6, 11],
  );
});

test("what went through TLS is kept as it was before, and it is said when TLS began", async (context) => {
  const { peer, connect } = await peerFor(context, { tls: TEST_CERTIFICATE });
  const client = await connect();
  await client.line();
  await client.command("STLS");
  await client.startTls();
  assert.equal(await client.command("USER anna"), "+OK name taken");
  client.socket.destroy();
  await peer.untilClosed();
  const kinds = peer.log.map((event) => ("text" in event ? `${event.kind} ${event.text}` : event.kind));
  assert.equal(kinds.indexOf("encrypted"), kinds.indexOf("reply +OK begin TLS") + 1);
  assert.equal(peer.connections[0]?.isEncrypted, true);
});

test("a round trip is a run of commands that nobody waited within", async (context) => {
  const { peer, login } = await peerFor(context);
  const client = await login();
  assert.equal(peer.connections[0]?.roundTrips, 2, "USER, PASS");
  client.send("STAT\r\nLIST\r\nUIDL\r\n");
  await client.line();
  await client.multi();
  await client.multi();
  assert.equal(peer.connections[0]?.roundTrips, 3);
  await client.command("NOOP");
  await client.command("NOOP");
  assert.equal(peer.connections[0]?.roundTrips, 5);
});

test("with a latency, commands in several packets are one round trip, as for a distant server", async (context) => {
  const { peer, login } = await peerFor(context, { latencyMs: 40 });
  const client = await login();
  const { setImmediate } = await import("node:timers/promises");
  for (const command of ["STAT", "NOOP", "NOOP"]) {
    client.send(`${command}\r\n`);
    // Lets the peer read this one before the next is sent.
    while (peer.connections[0]?.lines.at(-1) !== command) await setImmediate();
    await setImmediate();
  }
  assert.equal(await client.line(), "+OK 3 26");
  assert.equal(await client.line(), "+OK ");
  assert.equal(await client.line(), "+OK ");
  assert.equal(peer.connections[0]?.roundTrips, 3);
});

test("octets that a slow reader has not taken do not count as sent", async (context) => {
  const octets = 32 * 1024 * 1024;
  const { peer, login } = await peerFor(context, { messages: [Buffer.alloc(octets, "x")] });
  const client = await login();
  client.send("RETR 1\r\n");
  await client.line();
  client.socket.pause();
  const { setImmediate } = await import("node:timers/promises");
  // What the kernel's buffers hold leaves at once; then nothing moves for a thousand turns of the event loop.
  const sent = (): number => peer.connections[0]?.sentOctets ?? 0;
  for (let turns = 0, before = -1; turns < 1_000; turns += 1) {
    if (sent() !== before) turns = 0;
    before = sent();
    await setImmediate();
  }
  assert.ok(sent() > 0 && sent() < octets, `${sent()} of ${octets}`);
});

test("the most connections at the same time are counted", async (context) => {
  const { peer, login } = await peerFor(context);
  for (let n = 0; n < 3; n += 1) {
    const client = await login();
    client.socket.destroy();
    await peer.untilClosed();
  }
  assert.equal(peer.mostAtOnce, 1);
  await login();
  await login();
  assert.equal(peer.mostAtOnce, 2);
});

test("untilClosed waits for as many as it is told", async (context) => {
  const { peer, login } = await peerFor(context);
  const first = await login();
  await login();
  first.socket.destroy();
  await peer.untilClosed(1);
  assert.deepEqual(
    peer.connections.map(({ isClosed }) => isClosed),
    [true, false],
  );
});

test("mail is kept between connections: what was removed, and what is left", async (context) => {
  const { peer, login } = await peerFor(context);
  const client = await login();
  await client.command("DELE 3");
  await client.command("DELE 1");
  assert.deepEqual(peer.maildrop.removed, [], "marked is not removed");
  await client.command("QUIT");
  assert.deepEqual(
    peer.maildrop.removed.map(({ uniqueId }) => uniqueId),
    ["peer-1", "peer-3"],
  );
  assert.deepEqual(peer.maildrop.uniqueIds, ["peer-2"]);
  assert.equal(Buffer.from(peer.maildrop.messages[0]?.octets ?? []).toString("latin1"), MESSAGES[1]);
  const late = peer.maildrop.deliver({ octets: "late", uniqueId: "mine" });
  assert.deepEqual([late.uniqueId, late.listedOctets], ["mine", 6]);
  assert.deepEqual(await (await login()).list("UIDL"), ["1 peer-2", "2 mine"]);
});

test("two sessions that remove the same message remove it once", async (context) => {
  const { peer, login } = await peerFor(context);
  const clients = [await login(), await login()];
  for (const client of clients) await client.command("DELE 1");
  for (const client of clients) assert.equal(await client.command("QUIT"), "+OK bye");
  assert.deepEqual(peer.maildrop.removed.length, 1);
});

test("a client that says more than is kept is cut off", async (context) => {
  const { peer, connect } = await peerFor(context);
  const client = await connect();
  const megabyte = Buffer.alloc(1024 * 1024, "x");
  for (let n = 0; n < 17; n += 1) client.send(megabyte);
  await client.rest();
  await peer.untilClosed(1);
});
