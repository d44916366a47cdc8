// CAPA, STLS and the handshake, done wrong by a scripted peer.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PeerFault } from "@restante/pop/testing";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { peerFor, peerWith, restOf } from "./peer-fixture.ts";

test("CAPA ends the connection, and is answered on the next", async (context) => {
  const { connect } = await peerWith(context, { on: "CAPA", connection: 1, drop: 0 });
  const client = await connect();
  await client.line();
  assert.equal(await restOf(client, "CAPA\r\n"), "");
  const other = await connect();
  await other.line();
  assert.equal((await other.list("CAPA")).includes("UIDL"), true);
});

test("STLS is refused, or taken out of the capabilities and still known", async (context) => {
  const refused = await peerFor(context, { tls: TEST_CERTIFICATE, faults: [{ on: "STLS", answer: "-ERR not today" }] });
  const client = await refused.connect();
  await client.line();
  assert.equal(await client.command("STLS"), "-ERR not today");
  assert.equal(await client.command("USER anna"), "+OK name taken", "it goes on in clear");
  const stripped = await peerFor(context, { tls: TEST_CERTIFICATE, capabilities: ["USER"] });
  const other = await stripped.connect();
  await other.line();
  assert.deepEqual(await other.list("CAPA"), ["USER"]);
  assert.equal(await other.command("STLS"), "+OK begin TLS");
});

test("octets are injected behind the reply to STLS, and TLS begins behind them", async (context) => {
  const faults: readonly PeerFault[] = [{ on: "STLS", behind: "+OK injected\r\n" }];
  const { connect } = await peerFor(context, { tls: TEST_CERTIFICATE, faults });
  const client = await connect();
  await client.line();
  assert.equal(await client.command("STLS"), "+OK begin TLS");
  assert.equal(await client.line(), "+OK injected");
  await client.startTls();
  assert.equal((await client.list("CAPA")).includes("STLS"), false);
});

test("what a client sends in clear behind STLS is written down and not obeyed", async (context) => {
  const { peer, connect } = await peerFor(context, { tls: TEST_CERTIFICATE });
  const client = await connect();
  await client.line();
  client.send("STLS\r\nUSER eve\r\n");
  assert.equal(await client.line(), "+OK begin TLS");
  await client.startTls();
  assert.equal(await client.command("PASS secret"), "-ERR USER comes first");
  assert.deepEqual(peer.connections[0]?.lines, ["STLS", "USER eve", "PASS secret"]);
  assert.deepEqual(peer.commands, ["STLS", "PASS secret"]);
});

test("a handshake that fails ends the connection and nothing else", async (context) => {
  const { peer, connect } = await peerFor(context, { tls: { ...TEST_CERTIFICATE, implicit: true } });
  const client = await connect();
  client.send("NOOP\r\n");
  await client.rest();
  await peer.untilClosed(1);
  assert.deepEqual(peer.commands, []);
});

test("a client that leaves in place of the handshake ends its connection at once", async (context) => {
  const { peer, connect } = await peerFor(context, { tls: TEST_CERTIFICATE });
  for (const leave of ["destroy", "end", "resetAndDestroy"] as const) {
    const client = await connect();
    await client.line();
    await client.command("STLS");
    client.socket[leave]();
    await peer.untilClosed();
  }
  assert.equal(peer.connections.filter(({ isEncrypted }) => isEncrypted).length, 0);
});
