// What a scripted peer can be told to say instead, and how it writes it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PeerFault } from "@restante/pop/testing";
import { peerFor, peerWith } from "./peer-fixture.ts";

test("any command can be refused with any response code, and is then not carried out", async (context) => {
  const commands = ["STAT", "LIST", "UIDL", "RETR 1", "TOP 1 0", "DELE 1", "NOOP", "RSET", "CAPA", "QUIT"];
  const faults = commands.map((on): PeerFault => ({ on, answer: `-ERR [SYS/TEMP] ${on} later` }));
  const { peer, login } = await peerFor(context, { faults });
  const client = await login();
  for (const on of commands) assert.equal(await client.command(on), `-ERR [SYS/TEMP] ${on} later`);
  assert.equal(await client.command("LIST 1"), "-ERR [SYS/TEMP] LIST later");
  client.socket.destroy();
  await peer.untilClosed();
  assert.equal(peer.maildrop.messages.length, 3);
});

test("a refused login is none: USER, PASS, APOP, AUTH, or whatever way it came", async (context) => {
  for (const on of ["PASS", "login"]) {
    const { connect } = await peerWith(context, { on, times: 1, answer: "-ERR [IN-USE] locked" });
    const client = await connect();
    assert.equal(await client.login("anna"), "-ERR [IN-USE] locked", on);
    assert.equal(await client.command("STAT"), "-ERR not in this state");
    await client.command("USER anna");
    assert.equal(await client.command("PASS secret"), "+OK maildrop open");
  }
  const { connect } = await peerWith(context, { on: "login", answer: "-ERR [LOGIN-DELAY] wait" });
  const client = await connect();
  await client.line();
  assert.equal(
    await client.command("AUTH PLAIN AGFubmEAd3Jvbmc="),
    "-ERR [AUTH] not let in",
    "no login, no fault on it",
  );
  assert.equal(await client.command("AUTH PLAIN AGFubmEAc2VjcmV0"), "-ERR [LOGIN-DELAY] wait");
  assert.equal(await client.command("STAT"), "-ERR not in this state");
});

test("a reply can be any text at all: +ERR, no space, other cases, wrong numbers", async (context) => {
  for (const answer of ["+ERR", "+OK", "+ok fine", "+OKready", "* OK imap", "+OK abc", "+OK 2 320 extra", ""]) {
    const { login } = await peerWith(context, { on: "STAT", answer });
    assert.equal(await (await login()).command("STAT"), answer);
  }
});

test("a lying +OK leaves the command undone, `applies` does it all the same", async (context) => {
  const { peer, login } = await peerWith(
    context,
    { on: "DELE 1", answer: "+OK surely" },
    { on: "DELE 2", answer: "-ERR no", applies: true },
    { on: "DELE 3", applies: false },
  );
  const client = await login();
  assert.equal(await client.command("DELE 1"), "+OK surely");
  assert.equal(await client.command("DELE 2"), "-ERR no");
  assert.equal(await client.command("DELE 3"), "+OK marked");
  await client.command("QUIT");
  assert.deepEqual(peer.maildrop.uniqueIds, ["peer-1", "peer-3"]);
});

test("lines of a listing can be replaced, and hung under another first line", async (context) => {
  const { login } = await peerWith(
    context,
    { on: "UIDL", lines: ["1", "garbage", "2 same", "3 same"] },
    { on: "LIST", answer: "+OK here", lines: ["1 9007199254740993"] },
  );
  const client = await login();
  assert.deepEqual(await client.list("UIDL"), ["1", "garbage", "2 same", "3 same"]);
  assert.equal(await client.command("LIST"), "+OK here");
  assert.deepEqual(await client.multi(), ["1 9007199254740993"]);
});

test("a listing is shorter once, and empty once", async (context) => {
  const { login } = await peerWith(
    context,
    { on: "UIDL", times: 1, lists: [1, 3] },
    { on: "UIDL", skip: 1, times: 1, lists: [] },
  );
  const client = await login();
  assert.deepEqual(await client.list("UIDL"), ["1 peer-1", "3 peer-3"]);
  assert.deepEqual(await client.list("UIDL"), []);
  assert.deepEqual(await client.list("UIDL"), ["1 peer-1", "2 peer-2", "3 peer-3"]);
});

test("a whole session sees a smaller maildrop, and mail it did not see stays", async (context) => {
  const { peer, login } = await peerWith(
    context,
    { on: "login", connection: 1, sees: [2, 3] },
    { on: "login", connection: 2, sees: [] },
  );
  const client = await login();
  assert.equal(await client.command("STAT"), "+OK 2 20");
  assert.deepEqual(await client.list("UIDL"), ["1 peer-2", "2 peer-3"]);
  await client.command("DELE 1");
  await client.command("QUIT");
  assert.equal(await (await login()).command("STAT"), "+OK 0 0");
  assert.deepEqual(await (await login()).list("UIDL"), ["1 peer-1", "2 peer-3"]);
  assert.deepEqual(
    peer.maildrop.removed.map(({ uniqueId }) => uniqueId),
    ["peer-2"],
  );
});

test("listings come with wide columns, a +OK before each line, and lines that are none", async (context) => {
  const { login } = await peerWith(
    context,
    { on: "LIST", spacing: "   " },
    { on: "UIDL", linePrefix: "+OK ", insert: { at: 1, lines: ["garbage", ""] } },
  );
  const client = await login();
  assert.deepEqual(await client.list("LIST"), ["1   6", "2   8", "3   12"]);
  assert.deepEqual(await client.list("UIDL"), ["+OK 1 peer-1", "garbage", "", "+OK 2 peer-2", "+OK 3 peer-3"]);
});

test("the terminator is missing, or another", async (context) => {
  const { login } = await peerWith(context, { on: "LIST", terminator: "" }, { on: "RETR 1", terminator: ".\n" });
  const client = await login();
  client.send("LIST\r\nNOOP\r\n");
  assert.equal(await client.octets(43), "+OK listing follows\r\n1 6\r\n2 8\r\n3 12\r\n+OK \r\n");
  client.send("RETR 1\r\nNOOP\r\n");
  assert.equal(await client.octets(29), "+OK 6 octets\r\na\r\n..\r\n.\n+OK \r\n");
});

test("dots are not doubled, so that a message ends early", async (context) => {
  const { login } = await peerWith(context, { on: "RETR 1", stuffing: false });
  const client = await login();
  client.send("RETR 1\r\nNOOP\r\n");
  assert.equal(await client.octets(29), "+OK 6 octets\r\na\r\n.\r\n.\r\n+OK \r\n");
});

test("lines end with LF alone", async (context) => {
  const { login } = await peerWith(context, { on: "LIST", lineEnd: "\n" });
  const client = await login();
  client.send("LIST\r\n");
  assert.equal(await client.octets(36), "+OK listing follows\n1 6\n2 8\n3 12\n.\r\n");
});
