// Every fault a scripted peer can be told to make, seen from a socket.
import assert from "node:assert/strict";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import type { PeerFault } from "@restante/pop/testing";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { LineClient } from "../support/line-client.ts";
import { peerFor, peerWith, restOf } from "./peer-fixture.ts";

// --- where a fault applies

test("a fault applies to the command it names, by whole leading words, in any case", async (context) => {
  const { login } = await peerWith(context, { on: "retr 2", answer: "-ERR no" }, { on: "DEL", answer: "-ERR never" });
  const client = await login();
  assert.equal(await client.command("RETR 2"), "-ERR no");
  assert.deepEqual(await client.list("RETR 1"), ["a", "."]);
  assert.equal(await client.command("Retr 2"), "-ERR no");
  assert.equal(await client.command("RETR 22"), "-ERR no such message");
  assert.equal(await client.command("DELE 1"), "+OK marked");
});

test("a fault may name a pattern of commands, or every reply", async (context) => {
  const { login } = await peerWith(context, { on: /^(LIST|UIDL)$/, answer: "-ERR not now" });
  const client = await login();
  assert.equal(await client.command("LIST"), "-ERR not now");
  assert.equal(await client.command("UIDL"), "-ERR not now");
  assert.equal(await client.command("UIDL 1"), "+OK 1 peer-1");
  const every = await peerWith(context, { on: "*", answer: "-ERR closed for today" });
  const other = await every.connect();
  assert.equal(await other.line(), "-ERR closed for today");
  assert.equal(await other.command("CAPA"), "-ERR closed for today");
});

test("a fault is for the connections it names", async (context) => {
  const { connect } = await peerWith(
    context,
    { on: "greeting", connection: 2, answer: "+OK second" },
    { on: "greeting", connection: [3, 4], answer: "+OK third or fourth" },
  );
  const greetings: string[] = [];
  for (let n = 1; n <= 5; n += 1) greetings.push(await (await connect()).line());
  assert.deepEqual(greetings, [
    "+OK POP3 ready",
    "+OK second",
    "+OK third or fourth",
    "+OK third or fourth",
    "+OK POP3 ready",
  ]);
});

test("a fault passes over as many replies as it is told, and applies as often as it is told", async (context) => {
  const { login } = await peerWith(context, { on: "NOOP", skip: 1, times: 2, answer: "-ERR no" });
  const answers = async (client: LineClient, count: number): Promise<string[]> => {
    const all: string[] = [];
    for (let n = 0; n < count; n += 1) all.push(await client.command("NOOP"));
    return all;
  };
  assert.deepEqual(await answers(await login(), 2), ["+OK ", "-ERR no"]);
  assert.deepEqual(await answers(await login(), 3), ["-ERR no", "+OK ", "+OK "]);
});

test("of two faults that set the same thing the later counts, what they set apart adds up", async (context) => {
  const { login } = await peerWith(
    context,
    { on: "NOOP", answer: "-ERR first", behind: "+OK more\r\n" },
    { on: "NOOP", answer: "-ERR second" },
  );
  const client = await login();
  assert.equal(await client.command("NOOP"), "-ERR second");
  assert.equal(await client.line(), "+OK more");
});

test("other faults can take the place of those before", async (context) => {
  const { peer, login } = await peerWith(context, { on: "NOOP", answer: "-ERR no" });
  const client = await login();
  assert.equal(await client.command("NOOP"), "-ERR no");
  peer.script([{ on: "STAT", answer: "+OK 0 0" }]);
  assert.equal(await client.command("NOOP"), "+OK ");
  assert.equal(await client.command("STAT"), "+OK 0 0");
  peer.script([]);
  assert.equal(await client.command("STAT"), "+OK 3 26");
});

// --- what a reply says

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

// --- messages with something wrong about them

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

// --- how a reply is written

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

// --- how a reply goes out

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

// --- pipelining

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

// --- CAPA, STLS

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

// --- QUIT

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

// --- SASL

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
