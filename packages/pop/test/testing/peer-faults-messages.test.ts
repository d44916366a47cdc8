// Messages with something wrong about them, and their removal, as a scripted peer can be told.
import assert from "node:assert/strict";
import { test } from "node:test";
import { peerFor, peerWith, restOf } from "./peer-fixture.ts";

test("unique-ids are doubled, missing, without an id or long, and sizes wrong, as the messages say", async (context) => {
  const long = "x".repeat(200);
  const { login } = await peerFor(context, {
    messages: [
      { octets: "a\r\n", uniqueId: "same" },
      { octets: "b\r\n", uniqueId: "same", listedOctets: 1_000 },
      { octets: "c\r\n", uniqueId: null },
      { octets: "d\r\n", uniqueId: "" },
      { octets: "e\r\n", uniqueId: long, listedOctets: 0 },
    ],
  });
  const client = await login();
  assert.deepEqual(await client.list("UIDL"), ["1 same", "2 same", "4", `5 ${long}`]);
  assert.equal(await client.command("STAT"), "+OK 5 1009");
  assert.deepEqual(await client.list("LIST"), ["1 3", "2 1000", "3 3", "4 3", "5 0"]);
  assert.equal(await client.command("UIDL 3"), "+OK ");
  assert.equal(await client.command("RETR 2"), "+OK 3 octets");
});

test("unique-ids are used again for other mail", async (context) => {
  const { peer, login } = await peerFor(context, { messages: [{ octets: "old\r\n", uniqueId: "1" }] });
  assert.deepEqual(await (await login()).list("UIDL"), ["1 1"]);
  peer.maildrop.replace([{ octets: "new\r\n", uniqueId: "1" }]);
  const client = await login();
  assert.deepEqual(await client.list("UIDL"), ["1 1"]);
  assert.deepEqual(await client.list("RETR 1"), ["new"]);
  assert.deepEqual(peer.maildrop.removed, []);
});

test("every unique-id changes at once", async (context) => {
  const { peer, login } = await peerFor(context, { messages: ["a\r\n", "b\r\n"] });
  peer.maildrop.replace(["a\r\n", "b\r\n"]);
  assert.deepEqual(await (await login()).list("UIDL"), ["1 peer-3", "2 peer-4"]);
});

test("mail that comes in is seen by the sessions that begin later", async (context) => {
  const { peer, login } = await peerFor(context, { messages: [] });
  const before = await login();
  peer.maildrop.deliver("new\r\n");
  assert.equal(await before.command("STAT"), "+OK 0 0");
  assert.equal(await (await login()).command("STAT"), "+OK 1 5");
});

test("RETR removes at once, or at QUIT alone, when the server is one of those", async (context) => {
  const atOnce = await peerFor(context, { removal: "on-retr" });
  const client = await atOnce.login();
  await client.list("RETR 2");
  assert.deepEqual(atOnce.peer.maildrop.uniqueIds, ["peer-1", "peer-3"]);

  const atQuit = await peerFor(context, { removal: "retrieved-at-quit" });
  const lost = await atQuit.login();
  await lost.list("RETR 2");
  lost.socket.destroy();
  await atQuit.peer.untilClosed();
  assert.equal(atQuit.peer.maildrop.messages.length, 3);
  const kept = await atQuit.login();
  await kept.list("RETR 2");
  await kept.command("DELE 1");
  await kept.command("QUIT");
  assert.deepEqual(atQuit.peer.maildrop.uniqueIds, ["peer-3"]);
});

test("QUIT is lost before the removal or behind it", async (context) => {
  for (const [fault, left] of [
    [{ on: "QUIT", drop: 0, applies: false }, 3],
    [{ on: "QUIT", drop: 0 }, 2],
  ] as const) {
    const { peer, login } = await peerWith(context, fault);
    const client = await login();
    await client.command("DELE 1");
    assert.equal(await restOf(client, "QUIT\r\n"), "");
    assert.equal(peer.maildrop.messages.length, left);
  }
});

test("QUIT removes some of the marked messages and says so", async (context) => {
  const answer = "-ERR some deleted messages not removed";
  const { peer, login } = await peerWith(context, { on: "QUIT", answer, applies: true, removes: [2] });
  const client = await login();
  for (const number of [1, 2, 3]) await client.command(`DELE ${number}`);
  assert.equal(await client.command("QUIT"), answer);
  assert.equal(await client.rest(), "");
  assert.deepEqual(peer.maildrop.uniqueIds, ["peer-1", "peer-3"]);
});
