// Exchanges of AUTH, done wrong by a scripted peer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { peerFor, peerWith, restOf } from "./peer-fixture.ts";

test("a continuation is +OK, a bare + or chatter, and the exchange goes on", async (context) => {
  for (const continuation of ["+OK", "+", "+ go ahead"]) {
    const { connect } = await peerWith(context, { on: "AUTH PLAIN", continuation });
    const client = await connect();
    await client.line();
    assert.equal(await client.command("AUTH PLAIN"), continuation);
    assert.equal(await client.command("AGFubmEAc2VjcmV0"), "+OK maildrop open");
  }
});

test("AUTH is refused, or its challenge forged", async (context) => {
  const { connect } = await peerWith(
    context,
    { on: "AUTH PLAIN", answer: "-ERR [SYS/TEMP] later" },
    { on: "AUTH SCRAM-SHA-256", answer: "+ Zm9yZ2Vk" },
  );
  const client = await connect();
  await client.line();
  assert.equal(await client.command("AUTH PLAIN"), "-ERR [SYS/TEMP] later");
  assert.equal(await client.command("AUTH SCRAM-SHA-256"), "+ Zm9yZ2Vk");
  assert.equal(await client.command("*"), "-ERR cancelled");
  assert.equal(await client.command("NOOP"), "-ERR not in this state");
});

test("a reply inside an exchange has a place of its own", async (context) => {
  const { peer, connect } = await peerWith(context, { on: "RESPONSE 1", times: 1, drop: 3 });
  const client = await connect();
  await client.line();
  assert.equal(await client.command("AUTH PLAIN"), "+ ");
  assert.equal(await restOf(client, "AGFubmEAc2VjcmV0\r\n"), "+OK");
  assert.deepEqual(peer.commands, ["AUTH PLAIN"]);
  assert.deepEqual(
    peer.log.flatMap((event) => (event.kind === "response" ? [event.text] : [])),
    ["AGFubmEAc2VjcmV0"],
  );
});

test("an exchange is played from a script, to a login or to none", async (context) => {
  const error = Buffer.from('{"status":"401"}').toString("base64");
  const { connect } = await peerWith(
    context,
    { on: "AUTH XOAUTH2", dialogue: ["+ ", `+ ${error}`, "-ERR [AUTH] no"] },
    { on: "AUTH X-ODD", dialogue: ["+ ", "+OK in"] },
  );
  const client = await connect();
  await client.line();
  assert.equal(await client.command("AUTH XOAUTH2"), "+ ");
  assert.equal(await client.command("dXNlcg=="), `+ ${error}`);
  assert.equal(await client.command(""), "-ERR [AUTH] no");
  assert.equal(await client.command("AUTH X-ODD"), "+ ");
  assert.equal(await client.command("anything"), "+OK in");
  assert.equal(await client.command("STAT"), "+OK 3 26");
});

test("a client that leaves in the middle of an exchange leaves the peer whole", async (context) => {
  const { peer, connect, login } = await peerFor(context, { faults: [{ on: "AUTH LOGIN", dialogue: ["+ ", "+ "] }] });
  for (const name of ["PLAIN", "LOGIN"]) {
    const client = await connect();
    await client.line();
    assert.equal(await client.command(`AUTH ${name}`), "+ ");
    client.socket.destroy();
  }
  await peer.untilClosed(2);
  assert.equal(await (await login()).command("STAT"), "+OK 3 26");
});
