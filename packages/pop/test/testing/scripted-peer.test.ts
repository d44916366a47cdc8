// Untold, a scripted peer is a POP3 server like any other.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { APOP, clientMechanisms } from "@restante/pop/sasl";
import { scriptedPeer, type PeerMechanism } from "@restante/pop/testing";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import type { LineClient } from "../support/line-client.ts";
import { peerFor, peerWith } from "./peer-fixture.ts";

test("a session goes as RFC 1939 tells it", async (context) => {
  const { peer, connect } = await peerFor(context);
  const client = await connect();
  assert.equal(await client.line(), "+OK POP3 ready");
  assert.equal(await client.command("STAT"), "-ERR not in this state");
  assert.equal(await client.command("PASS secret"), "-ERR USER comes first");
  assert.equal(await client.command("USER anna"), "+OK name taken");
  assert.equal(await client.command("PASS wrong"), "-ERR [AUTH] wrong name or password");
  assert.equal(await client.command("PASS secret"), "-ERR USER comes first");
  assert.equal(await client.command("USER anna"), "+OK name taken");
  assert.equal(await client.command("PASS secret"), "+OK maildrop open");
  assert.equal(await client.command("USER anna"), "-ERR not in this state");
  assert.equal(await client.command("STAT"), "+OK 3 26");
  assert.deepEqual(await client.list("LIST"), ["1 6", "2 8", "3 12"]);
  assert.deepEqual(await client.list("UIDL"), ["1 peer-1", "2 peer-2", "3 peer-3"]);
  assert.equal(await client.command("LIST 2"), "+OK 2 8");
  assert.equal(await client.command("uidl 3"), "+OK 3 peer-3");
  for (const number of ["0", "4", "x", "-1", "99999999999"]) {
    assert.equal(await client.command(`RETR ${number}`), "-ERR no such message", number);
  }
  assert.equal(await client.command("RETR"), "-ERR no such message");
  assert.equal(await client.command("RETR 1"), "+OK 6 octets");
  assert.equal(await client.octets(10), "a\r\n..\r\n.\r\n");
  assert.equal(await client.command("RETR 3"), "+OK 12 octets");
  assert.equal(await client.data(), "Subject: c\r\n", "the last line got its end");
  assert.equal(await client.command("DELE 1"), "+OK marked");
  assert.equal(await client.command("DELE 1"), "-ERR no such message");
  assert.equal(await client.command("STAT"), "+OK 2 20");
  assert.deepEqual(await client.list("LIST"), ["2 8", "3 12"]);
  assert.equal(await client.command("RSET"), "+OK nothing is marked");
  assert.equal(await client.command("STAT"), "+OK 3 26");
  assert.equal(await client.command("NOOP"), "+OK ");
  assert.equal(await client.command("DELE 2"), "+OK marked");
  assert.equal(await client.command("FOO"), "-ERR unknown command");
  assert.deepEqual(peer.maildrop.removed, []);
  assert.equal(await client.command("QUIT"), "+OK bye");
  assert.equal(await client.rest(), "");
  assert.deepEqual(peer.maildrop.uniqueIds, ["peer-1", "peer-3"]);
});

test("TOP sends the header, the blank line and so many lines of the body", async (context) => {
  const messages = ["A: b\r\n\r\n1\r\n.2\r\n3\r\n", "\r\nbody\r\n", "no body", ""];
  const { login } = await peerFor(context, { messages });
  const client = await login();
  assert.deepEqual(await client.list("TOP 1 0"), ["A: b", ""]);
  assert.deepEqual(await client.list("TOP 1 2"), ["A: b", "", "1", ".2"]);
  assert.deepEqual(await client.list("TOP 1 99"), ["A: b", "", "1", ".2", "3"]);
  assert.deepEqual(await client.list("TOP 2 1"), ["", "body"]);
  assert.deepEqual(await client.list("TOP 3 5"), ["no body", ""]);
  assert.deepEqual(await client.list("TOP 4 1"), []);
  assert.equal(await client.command("TOP 1"), "-ERR TOP takes a message-number and a number of lines");
  assert.equal(await client.command("TOP 5 0"), "-ERR no such message");
});

test("octets come as they were given: 8-bit, NUL, bare CR, bare LF, long lines, dots", async (context) => {
  const messages = ["\xe9\0\r.\n.\n\r\r\n.\r\n..\r\n", "x".repeat(100_000), Buffer.from([0xff, 0x0d, 0x0a])];
  const { login } = await peerFor(context, { messages });
  const client = await login();
  assert.equal(await client.command("RETR 1"), "+OK 17 octets");
  assert.equal(await client.octets(22), "\xe9\0\r.\n.\n\r\r\n..\r\n...\r\n.\r\n");
  assert.equal(await client.command("RETR 2"), "+OK 100002 octets");
  assert.equal(await client.data(), `${"x".repeat(100_000)}\r\n`);
  assert.equal(await client.command("RETR 3"), "+OK 3 octets");
  assert.equal(await client.data(), "\xff\r\n");
});

test("CAPA announces what there is, and no more than it was told", async (context) => {
  const { connect } = await peerFor(context, { tls: TEST_CERTIFICATE });
  const client = await connect();
  await client.line();
  const always = ["RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "IMPLEMENTATION scripted-peer"];
  const standard = ["TOP", "UIDL", "USER", "SASL PLAIN SCRAM-SHA-256"];
  assert.deepEqual(await client.list("CAPA"), [...standard, "STLS", ...always]);
  assert.equal(await client.command("STLS"), "+OK begin TLS");
  await client.startTls();
  assert.deepEqual(await client.list("CAPA"), [...standard, ...always]);
  assert.equal(await client.command("STLS"), "-ERR no TLS here");

  const poor = await peerFor(context, { without: ["UIDL", "TOP", "AUTH", "STLS"], tls: TEST_CERTIFICATE });
  const other = await poor.login();
  assert.deepEqual(await other.list("CAPA"), ["USER", ...always]);
  assert.equal(await other.command("UIDL"), "-ERR unknown command");
  assert.equal(await other.command("TOP 1 0"), "-ERR unknown command");
  assert.equal(await (await loggedOut(poor.connect)).command("STLS"), "-ERR unknown command");
  assert.equal(await (await loggedOut(poor.connect)).command("AUTH PLAIN"), "-ERR unknown command");
});

async function loggedOut(connect: () => Promise<LineClient>): Promise<LineClient> {
  const client = await connect();
  await client.line();
  return client;
}

test("capabilities can be told, and change with TLS and with the login", async (context) => {
  const told = { start: ["SASL PLAIN", "STLS"], tls: ["SASL SCRAM-SHA-256"], login: ["UIDL", "EXPIRE 0"] };
  const { connect } = await peerFor(context, { capabilities: told, tls: TEST_CERTIFICATE });
  const client = await loggedOut(connect);
  assert.deepEqual(await client.list("CAPA"), told.start);
  await client.command("STLS");
  await client.startTls();
  assert.deepEqual(await client.list("CAPA"), told.tls);
  await client.command("USER anna");
  await client.command("PASS secret");
  assert.deepEqual(await client.list("CAPA"), told.login);

  const same = await peerFor(context, { capabilities: ["USER"] });
  const other = await same.login();
  assert.deepEqual(await other.list("CAPA"), ["USER"]);
  const later = await peerFor(context, { capabilities: { login: ["TOP"] }, mechanisms: [] });
  const third = await loggedOut(later.connect);
  assert.equal((await third.list("CAPA")).includes("USER"), true);
});

test("implicit TLS is there from the first octet", async (context) => {
  const { peer, connectTls } = await peerFor(context, { tls: { ...TEST_CERTIFICATE, implicit: true } });
  const client = await connectTls();
  assert.equal(await client.login("anna"), "+OK maildrop open");
  assert.equal(await client.command("QUIT"), "+OK bye");
  assert.equal(await client.rest(), "");
  assert.equal(peer.connections[0]?.isEncrypted, true);
});

test("the certificate can be asked of the client", async (context) => {
  const tls = { ...TEST_CERTIFICATE, implicit: true, requestCert: true, rejectUnauthorized: false };
  const { peer } = await peerFor(context, { tls });
  const { LineClient: Client } = await import("../support/line-client.ts");
  const client = await Client.connectTls(
    { port: peer.port },
    { key: TEST_CERTIFICATE.key, cert: TEST_CERTIFICATE.cert },
  );
  assert.equal(await client.line(), "+OK POP3 ready");
  client.socket.destroy();
});

/** Plays a mechanism of this package's client; the last line said. */
async function authenticate(
  client: LineClient,
  name: PeerMechanism,
  o: { readonly secret?: string; readonly user?: string; readonly asInitial?: boolean } = {},
): Promise<string> {
  const mechanism = clientMechanisms().find((known) => known.name === name);
  assert.ok(mechanism);
  const { secret = mechanism.needs === "token" ? "token" : "secret" } = o;
  const isPlus = mechanism.channelBinding;
  const exchange = mechanism.start({
    user: o.user ?? "anna",
    authzid: name === "EXTERNAL" ? "anna" : undefined,
    host: "127.0.0.1",
    port: 110,
    encrypted: isPlus,
    channelBindings: isPlus
      ? [
          {
            type: "tls-exporter",
            data: client.tls.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0)),
          },
        ]
      : [],
    plusOffered: isPlus,
    password: async () => secret,
    token: async () => ({ token: secret }),
  });
  const encoded = async (challenge: Uint8Array | undefined): Promise<string> =>
    Buffer.from(await exchange.next(challenge)).toString("base64");
  let line: string;
  if (mechanism.serverFirst) line = await client.command(`AUTH ${name}`);
  else if (o.asInitial === true) line = await client.command(`AUTH ${name} ${await encoded(undefined)}`);
  else {
    assert.equal(await client.command(`AUTH ${name}`), "+ ");
    line = await client.command(await encoded(undefined));
  }
  while (line.startsWith("+ ")) line = await client.command(await encoded(Buffer.from(line.slice(2), "base64")));
  return line;
}

const CLEAR: readonly PeerMechanism[] = [
  "PLAIN",
  "LOGIN",
  "SCRAM-SHA-256",
  "CRAM-MD5",
  "XOAUTH2",
  "OAUTHBEARER",
  "EXTERNAL",
];

test("every mechanism lets the right client in, with and without an initial response", async (context) => {
  const { connect } = await peerFor(context, { mechanisms: CLEAR, user: "anna" });
  for (const name of CLEAR) {
    for (const asInitial of [false, true]) {
      const client = await loggedOut(connect);
      assert.equal(await authenticate(client, name, { asInitial }), "+OK maildrop open", name);
      assert.equal(await client.command("STAT"), "+OK 3 26");
      client.socket.destroy();
    }
  }
});

test("every mechanism with a secret refuses a wrong one, and a wrong name", async (context) => {
  const { connect } = await peerFor(context, { mechanisms: CLEAR, user: "anna" });
  const client = await loggedOut(connect);
  for (const name of CLEAR.filter((mechanism) => mechanism !== "EXTERNAL")) {
    assert.equal(await authenticate(client, name, { secret: "wrong" }), "-ERR [AUTH] not let in", name);
    assert.equal(await authenticate(client, name, { user: "bert" }), "-ERR [AUTH] not let in", name);
  }
  assert.equal(await client.command("STAT"), "-ERR not in this state");
});

test("a password may be as long as a test wants it, in UTF-8 or not", async (context) => {
  const password = `${"ü".repeat(1_000)} x`;
  const { connect } = await peerFor(context, { mechanisms: CLEAR, password });
  for (const name of ["PLAIN", "LOGIN", "SCRAM-SHA-256", "CRAM-MD5"] as const) {
    assert.equal(await authenticate(await loggedOut(connect), name, { secret: password }), "+OK maildrop open", name);
  }
  const byPass = await loggedOut(connect);
  await byPass.command("USER anna");
  assert.equal(await byPass.command(`PASS ${Buffer.from(password).toString("latin1")}`), "+OK maildrop open");
  const client = await loggedOut(connect);
  const extra = Buffer.from(`\0anna\0${password}\0`).toString("base64");
  assert.equal(await client.command(`AUTH PLAIN ${extra}`), "-ERR [AUTH] not let in");
});

test("SCRAM-SHA-256-PLUS is bound to the connection", async (context) => {
  const mechanisms = ["SCRAM-SHA-256-PLUS"] as const;
  const { connectTls } = await peerFor(context, { mechanisms, tls: { ...TEST_CERTIFICATE, implicit: true } });
  const client = await loggedOut(connectTls);
  assert.equal(await authenticate(client, "SCRAM-SHA-256-PLUS"), "+OK maildrop open");
  const old = await peerFor(context, {
    mechanisms,
    tls: { ...TEST_CERTIFICATE, implicit: true, maxVersion: "TLSv1.2" },
  });
  const other = await loggedOut(old.connectTls);
  assert.equal(
    await authenticate(other, "SCRAM-SHA-256-PLUS"),
    "-ERR [AUTH] not let in",
    "no unique binding below 1.3",
  );
});

test("an exchange can be cancelled, and garbage ends it", async (context) => {
  const { connect } = await peerFor(context);
  const client = await loggedOut(connect);
  assert.equal(await client.command("AUTH PLAIN"), "+ ");
  assert.equal(await client.command("*"), "-ERR cancelled");
  assert.equal(await client.command("AUTH PLAIN"), "+ ");
  assert.equal(await client.command("x"), "-ERR no base64");
  assert.equal(await client.command("AUTH PLAIN x"), "-ERR no base64");
  assert.equal(await client.command("AUTH PLAIN ="), "-ERR [AUTH] not let in");
  assert.equal(await client.command("AUTH GSSAPI"), "-ERR no such mechanism");
  assert.deepEqual(await client.list("AUTH"), ["PLAIN", "SCRAM-SHA-256"]);
});

test("a greeting with a timestamp offers APOP, another does not", async (context) => {
  const timestamp = "<1896.697170952@dbc.mtview.ca.us>";
  const { connect } = await peerFor(context, { greeting: `POP3 server ready ${timestamp}`, password: "tanstaaf" });
  const client = await loggedOut(connect);
  assert.equal(
    await client.command("APOP mrose 00000000000000000000000000000000"),
    "-ERR [AUTH] wrong name or password",
  );
  assert.equal(await client.command(`APOP mrose ${APOP.digest(timestamp, "tanstaaf")}`), "+OK maildrop open");
  const plain = await peerFor(context);
  assert.equal(await (await loggedOut(plain.connect)).command("APOP a b"), "-ERR unknown command");
});

test("only the name it was told may log in", async (context) => {
  const { connect } = await peerFor(context, { user: "anna", password: "two words" });
  const client = await loggedOut(connect);
  await client.command("USER bert");
  assert.equal(await client.command("PASS two words"), "-ERR [AUTH] wrong name or password");
  await client.command("USER anna");
  assert.equal(await client.command("PASS two words"), "+OK maildrop open");
});

test("without options there are three messages, and `await using` closes it with its connections", async () => {
  const { LineClient: Client } = await import("../support/line-client.ts");
  let client: LineClient;
  let port: number;
  {
    await using peer = await scriptedPeer();
    port = peer.port;
    client = await Client.connect({ port, host: peer.host });
    await client.login("anna");
    assert.equal(await client.command("STAT"), "+OK 3 126");
    assert.deepEqual(await client.list("RETR 2"), ["Subject: message 2", "", "This is message 2."]);
  }
  assert.equal(await client.rest(), "");
  await assert.rejects(Client.connect({ port }));
});

test("a client that goes away or ends early ends its connection, and closing twice is closing once", async (context) => {
  const { peer, connect } = await peerFor(context);
  const polite = await connect();
  polite.send("CAPA\r\nQUIT\r\n");
  polite.end();
  assert.match(await polite.rest(), /\.\r\n\+OK bye\r\n$/, "commands before the end are answered");
  const rude = await connect();
  rude.socket.resetAndDestroy();
  await peer.untilClosed(2);
  await peer.close();
  await peer.close();
});

test("closed while it answers QUIT, it ends all the same", { timeout: 10_000 }, async (context) => {
  const { peer, login } = await peerWith(context, { on: "QUIT", delayMs: 500 });
  const client = await login();
  client.send("QUIT\r\n");
  while (!peer.commands.includes("QUIT")) await setTimeout(5, undefined, { signal: context.signal });
  await peer.close();
  assert.equal(await client.rest(), "", "it was closed before the answer");
});

test("a connection on which nothing is said is ended", async (context) => {
  const { peer, connect } = await peerFor(context, { patienceMs: 20 });
  const client = await connect();
  assert.equal(await client.rest(), "+OK POP3 ready\r\n");
  await peer.untilClosed(1);
});
