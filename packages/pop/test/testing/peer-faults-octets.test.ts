// How the octets of a scripted peer go out: cut, dropped, held back, in too many packets or too few.
import assert from "node:assert/strict";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import type { PeerFault } from "@restante/pop/testing";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { LineClient } from "../support/line-client.ts";
import { peerFor, peerWith, restOf } from "./peer-fixture.ts";

test("a reply is dropped at every one of its octets", async (context) => {
  const whole = "+OK 8 octets\r\nb\r\n...x\r\n.\r\n";
  for (let drop = 0; drop <= whole.length; drop += 1) {
    const { peer, login } = await peerWith(context, { on: "RETR 2", drop });
    assert.equal(await restOf(await login(), "RETR 2\r\nNOOP\r\n"), whole.slice(0, drop), `${drop}`);
    assert.deepEqual(peer.connections[0]?.commands.slice(2), ["RETR 2"], "nothing is taken up behind it");
  }
});

test("a connection is dropped at every one of its octets, whatever they belong to", async (context) => {
  const commands = "USER anna\r\nPASS secret\r\nRETR 1\r\nQUIT\r\n";
  const whole = "+OK POP3 ready\r\n+OK name taken\r\n+OK maildrop open\r\n+OK 6 octets\r\na\r\n..\r\n.\r\n+OK bye\r\n";
  const { peer, connect } = await peerFor(context);
  for (let drop = 0; drop <= whole.length; drop += 1) {
    peer.script([{ on: "connection", drop }]);
    const client = await connect();
    assert.equal(await restOf(client, commands), whole.slice(0, drop), `${drop}`);
    client.socket.destroy();
  }
});

test("a dropped connection ends by FIN or by RST", async (context) => {
  const { connect, login } = await peerWith(
    context,
    { on: "RETR 1", drop: 5 },
    { on: "RETR 2", drop: 5, how: "reset" },
    { on: "connection", connection: 3, drop: 18, how: "reset" },
  );
  assert.equal(await restOf(await login(), "RETR 1\r\n"), "+OK 6");
  const reset = await login();
  const error = errorOf(reset);
  reset.send("RETR 2\r\n");
  assert.equal(await error, "ECONNRESET");
  const whole = await connect();
  const itsError = errorOf(whole);
  whole.send("USER anna\r\n");
  assert.equal(await itsError, "ECONNRESET");
});

function errorOf(client: LineClient): Promise<string | undefined> {
  return new Promise((resolve) => {
    client.socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    client.socket.once("end", () => resolve("an end without error"));
  });
}

test("under TLS it ends by RST, or by FIN with or without close_notify before it", async (context) => {
  // TLS 1.2 does not hide that a record is an alert.
  const tls = { ...TEST_CERTIFICATE, implicit: true, maxVersion: "TLSv1.2" } as const;
  const ended = async (
    fault: Partial<PeerFault>,
  ): Promise<{ readonly error: string | undefined; readonly lastRecord: number }> => {
    const { peer } = await peerFor(context, { tls, faults: [{ on: "NOOP", drop: 2, ...fault }] });
    const tap = await recordTypes(context, peer.port);
    const client = await LineClient.connectTls({ port: tap.port });
    await client.login("anna");
    const error = errorOf(client);
    client.send("NOOP\r\n");
    const outcome = { error: await error, lastRecord: tap.types.at(-1) ?? 0 };
    client.socket.destroy();
    return outcome;
  };
  const alert = 21;
  const data = 23;
  assert.deepEqual(await ended({}), { error: "an end without error", lastRecord: alert });
  assert.deepEqual(await ended({ how: "fin" }), { error: "an end without error", lastRecord: alert });
  assert.deepEqual(await ended({ how: "bare-fin" }), { error: "an end without error", lastRecord: data });
  const { error } = await ended({ how: "reset" });
  assert.equal(error, "ECONNRESET");
});

/** Passes a connection on and writes down the type of each TLS record that comes back. */
async function recordTypes(
  context: TestContext,
  port: number,
): Promise<{ readonly port: number; readonly types: readonly number[] }> {
  const types: number[] = [];
  let pending = Buffer.alloc(0);
  const nears: Socket[] = [];
  const proxy = createServer((near) => {
    nears.push(near);
    const far = connect({ port, host: "127.0.0.1" });
    near.pipe(far);
    far.on("data", (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 5 && pending.length >= 5 + pending.readUInt16BE(3)) {
        types.push(pending[0] as number);
        pending = pending.subarray(5 + pending.readUInt16BE(3));
      }
      near.write(chunk);
    });
    far.on("end", () => near.end());
    far.on("error", () => near.resetAndDestroy());
    near.on("error", () => far.destroy());
  });
  await new Promise<void>((resolve) => void proxy.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    for (const near of nears) near.destroy();
    return new Promise<void>((resolve) => void proxy.close(() => resolve()));
  });
  return { port: (proxy.address() as AddressInfo).port, types };
}

test("a reply stalls at an octet, and nothing is said any more on this connection", async (context) => {
  const { peer, login } = await peerWith(context, { on: "RETR 1", connection: 1, stall: 15 });
  const client = await login();
  client.send("RETR 1\r\nNOOP\r\n");
  assert.equal(await client.octets(15), "+OK 6 octets\r\na");
  client.send("NOOP\r\n");
  const other = await login();
  assert.equal(await other.command("NOOP"), "+OK ");
  assert.equal(client.received, "");
  assert.equal(peer.connections[0]?.isClosed, false);
  client.socket.destroy();
  await peer.untilClosed(1);
  assert.deepEqual(peer.connections[0]?.lines.slice(2), ["RETR 1", "NOOP", "NOOP"]);
  assert.deepEqual(peer.connections[0]?.commands.slice(2), ["RETR 1"]);
  assert.deepEqual(peer.log.filter(({ kind }) => kind === "stalled").length, 1);
});

test("a connection stalls at an octet, before the greeting too", async (context) => {
  const { connect } = await peerWith(
    context,
    { on: "connection", connection: 1, stall: 0 },
    { on: "connection", connection: 2, stall: 20 },
  );
  const silent = await connect();
  const client = await connect();
  client.send("CAPA\r\n");
  assert.equal(await client.octets(20), "+OK POP3 ready\r\n+OK ");
  const third = await connect();
  await third.line();
  await third.list("CAPA");
  assert.deepEqual([silent.received, client.received], ["", ""]);
});

test("a reply comes one octet a packet, or cut at given octets", async (context) => {
  const { login } = await peerWith(context, { on: "NOOP", split: "octets" }, { on: "RETR 1", split: [0, 13, 14, 99] });
  const client = await login();
  const packets: string[] = [];
  client.socket.on("data", (chunk: Buffer) => packets.push(chunk.toString("latin1")));
  await client.command("NOOP");
  assert.deepEqual(packets.splice(0), ["+", "O", "K", " ", "\r", "\n"]);
  await client.list("RETR 1");
  assert.deepEqual(packets, ["+OK 6 octets\r", "\n", "a\r\n..\r\n.\r\n"]);
});

test("a whole connection comes one octet a packet, or cut at octets of the connection", async (context) => {
  const { login } = await peerWith(
    context,
    { on: "connection", connection: 1, split: "octets" },
    { on: "connection", connection: 2, split: [3, 55] },
  );
  const client = await login();
  const packets: string[] = [];
  client.socket.on("data", (chunk: Buffer) => packets.push(chunk.toString("latin1")));
  assert.deepEqual(await client.list("LIST"), ["1 6", "2 8", "3 12"]);
  assert.equal(packets.length, packets.join("").length);
  const other = await login();
  other.socket.on("data", (chunk: Buffer) => packets.push(chunk.toString("latin1")));
  packets.length = 0;
  await other.command("STAT");
  // 16, 16 and 19 octets came before.
  assert.deepEqual(packets, ["+OK ", "3 26\r\n"]);
});

test("a reply waits, and so do its packets", async (context) => {
  const { login } = await peerWith(context, { on: "NOOP", delayMs: 30, split: [2], pauseMs: 30 });
  const client = await login();
  const begun = performance.now();
  await client.command("NOOP");
  assert.ok(performance.now() - begun >= 55);
});

test("a reply is left out and the next one comes", async (context) => {
  const { login } = await peerWith(context, { on: "RETR 1", omit: true });
  const client = await login();
  client.send("RETR 1\r\nSTAT\r\n");
  assert.equal(await client.line(), "+OK 3 26");
});

test("octets come behind a reply in the same packet", async (context) => {
  const { login } = await peerWith(context, { on: "NOOP", behind: "+OK injected\r\n" });
  const client = await login();
  assert.equal(await client.command("NOOP"), "+OK ");
  assert.equal(client.received, "+OK injected\r\n");
});

test("of commands that come together only the first is answered", async (context) => {
  const { peer, login } = await peerWith(context, { on: "connection", together: "first" });
  const client = await login();
  client.send("NOOP\r\nSTAT\r\nLIST 1\r\n");
  assert.equal(await client.line(), "+OK ");
  assert.equal(await client.command("LIST 2"), "+OK 2 8", "the others were never taken up");
  assert.deepEqual(peer.commands, ["USER anna", "PASS secret", "NOOP", "LIST 2"]);
  assert.deepEqual(peer.connections[0]?.lines.slice(2), ["NOOP", "STAT", "LIST 1", "LIST 2"]);
});

test("commands that come together end the connection", async (context) => {
  const { login } = await peerWith(context, { on: "connection", together: "close" });
  const client = await login();
  assert.equal(await client.command("NOOP"), "+OK ");
  assert.equal(await restOf(client, "NOOP\r\nNOOP\r\n"), "");
});
