// The client's session without a socket: what it sends when, what it makes of every answer, and what ends it.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  advanceClient,
  authCommand,
  clientCommand,
  clientRow,
  createClientSession,
  PopError,
  rawCommand,
} from "@restante/pop/wire";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { ClientPlayer, pipelined, transaction } from "./client-player.ts";

const seed = 1_939;

// --- greeting

requirement("P3-C-001", "commands wait for the whole greeting", () => {
  const player = new ClientPlayer();
  assert.deepEqual(player.say("CAPA"), []);
  assert.deepEqual(player.hear("+OK re"), []);
  assert.deepEqual(player.hear("ady\r\n"), ["greeting ready", "> CAPA"]);
  assert.equal(player.session.greeting, "ready");
});

test("a greeting of -ERR, or none at all, ends the session", () => {
  for (const [line, told] of [
    ["-ERR [SYS/TEMP] busy", "failed greeting-refused busy"],
    ["220 smtp", "failed protocol 220 smtp"],
    ["+ERR", "failed protocol +ERR"],
    ["", "failed protocol "],
  ] as const) {
    const player = new ClientPlayer();
    assert.deepEqual(player.hear(`${line}\r\n`), [told]);
    assert.equal(player.session.state, "closed");
    assert.deepEqual(player.say("CAPA"), [], "a closed session ignores what comes");
  }
});

// --- replies

test("commands go one at a time, and answers to whom they belong", () => {
  const player = transaction();
  assert.deepEqual(player.say("STAT"), ["> STAT"]);
  assert.deepEqual(player.say("NOOP"), []);
  assert.deepEqual(player.hear("+OK 2 320\r\n"), ["STAT +OK 2 320", "> NOOP"]);
  assert.deepEqual(player.hear("-ERR [X/Y] no\r\n"), ["NOOP -ERR X/Y no"]);
});

test("several lines follow where the table says so, and none after -ERR", () => {
  const player = transaction();
  player.say("LIST");
  assert.deepEqual(player.hear("+OK\r\n1 2\n..x\r\n.\r\n"), ["LIST +OK …", "LIST | 1 2", "LIST | .x", "LIST end"]);
  player.say("LIST", 2);
  assert.deepEqual(player.hear("+OK 2 200\r\n"), ["LIST +OK 2 200"]);
  player.say("UIDL");
  assert.deepEqual(player.hear("-ERR no\r\n"), ["UIDL -ERR no"]);
  player.say("RETR", 1);
  assert.deepEqual(player.hear("+OK\r\na\r\n..\r\n.\r\n"), ["RETR +OK …", "RETR : a\r\n.\r\n", "RETR end"]);
  player.say("TOP", 1, 0);
  assert.deepEqual(player.hear("+OK\r\n.\r\n"), ["TOP +OK …", "TOP end"]);
});

test("a reply cut at every place is the same reply", () => {
  const whole = "+OK\r\na\r\n..b\r\n.\r\n+OK 1\r\n";
  for (let at = 0; at <= whole.length; at += 1) {
    const player = pipelined();
    player.say("RETR", 1);
    player.say("STAT");
    player.told.length = 0;
    player.hear(whole.slice(0, at));
    player.hear(whole.slice(at));
    const data = player.told.filter((line) => line.startsWith("RETR : ")).map((line) => line.slice(7));
    assert.equal(data.join(""), "a\r\n.b\r\n", `cut at ${at}`);
    assert.deepEqual(
      player.told.filter((line) => !line.startsWith("RETR : ")),
      ["RETR +OK …", "RETR end", "STAT +OK 1"],
    );
  }
});

test("any octets in any cut leave a session that is over or goes on, and end no process", () => {
  const chunk = fc.oneof(
    fc.constantFrom("+OK\r\n", "-ERR\r\n", ".\r\n", "+ \r\n", "+OK 1 2\r\n", "\r\n", ".", "\r", "\n", "+", "-E"),
    fc.string({ maxLength: 12 }),
  );
  const property = fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
    const player = pipelined();
    for (const command of ["LIST", "UIDL", "STAT"]) player.say(command);
    player.say("RETR", 1);
    for (const part of chunks) player.hear(part);
    const failed = player.told.filter((line) => line.startsWith("failed"));
    assert.equal(failed.length, player.session.state === "closed" ? 1 : 0);
    assert.ok(player.session.inFlight.length <= 4);
  });
  fc.assert(property, { seed, numRuns: 2_000 });
});

test("what comes unasked is a goodbye, or out of step", () => {
  const bye = transaction();
  assert.deepEqual(bye.hear("-ERR idle\r\n"), ["failed closed idle"]);
  const noise = transaction();
  assert.deepEqual(noise.hear("+OK\r\n"), ["failed protocol +OK"]);
  const text = transaction();
  assert.deepEqual(text.hear("hello\r\n"), ["failed protocol hello"]);
  const none = transaction();
  none.say("NOOP");
  assert.deepEqual(none.hear(`${"x".repeat(300)}\r\n`), [`failed protocol ${"x".repeat(200)}`]);
});

test("what follows the end of a message must look like a reply", () => {
  for (const [rest, isWhole] of [
    ["", true],
    ["-", true],
    ["-ERR bye\r\n", true],
    ["--boundary\r\n", false],
    ["+OK\r\n", false],
    ["more\r\n", false],
  ] as const) {
    const player = transaction();
    player.say("RETR", 1);
    const told = player.hear(`+OK\r\na\r\n.\r\n${rest}`);
    assert.equal(told.includes("RETR end"), isWhole, rest);
    if (!isWhole) assert.match(told.at(-1) ?? "", /^failed protocol/);
  }
  const more = pipelined();
  more.say("RETR", 1);
  more.say("NOOP");
  assert.deepEqual(more.hear("+OK\r\n.\r\n+OK\r\n").slice(-2), ["RETR end", "NOOP +OK"]);
});

test("lines and listings have limits, data has none", () => {
  const line = transaction({ lineOctetsMax: 20 });
  line.say("NOOP");
  assert.deepEqual(line.hear(`+OK ${"x".repeat(20)}`), ["failed line-too-long"]);
  const data = transaction({ lineOctetsMax: 20 });
  data.say("RETR", 1);
  assert.equal(data.hear(`+OK\r\n${"x".repeat(5_000)}\r\n.\r\n`).at(-1), "RETR end");
  const list = transaction({ listLinesMax: 2 });
  list.say("LIST");
  assert.deepEqual(list.hear("+OK\r\n1 1\r\n2 2\r\n3 3\r\n").at(-1), "failed too-many-lines");
  const capa = transaction({ capabilityLinesMax: 1 });
  capa.say("CAPA");
  assert.deepEqual(capa.hear("+OK\r\nTOP\r\nUIDL\r\n").at(-1), "failed too-many-lines");
});

requirement("P3-C-014", "the end inside a reply is not the end of it", () => {
  for (const [keyword, ...args] of [["RETR", 1], ["LIST"]] as const) {
    const player = transaction();
    player.say(keyword, ...args);
    player.hear("+OK\r\nhalf");
    assert.deepEqual(player.tell("ended"), ["failed truncated"]);
  }
  const waiting = transaction();
  waiting.say("NOOP");
  assert.deepEqual(waiting.tell("ended"), ["failed closed"]);
  assert.deepEqual(transaction().tell("ended"), ["failed closed"]);
});

// --- states

test("commands are refused where the table does not have them", () => {
  const player = new ClientPlayer();
  player.hear("+OK\r\n");
  assert.throws(() => player.say("STAT"), { code: "WRONG_STATE" });
  const open = transaction();
  assert.throws(() => open.say("USER", "x"), { code: "WRONG_STATE" });
  assert.deepEqual(open.submit(rawCommand("XTND FOO")), ["> XTND FOO"]);
  assert.deepEqual(clientRow("XTND"), {});
});

test("QUIT leads through UPDATE, and its answer ends the session", () => {
  for (const [answer, told] of [
    ["+OK bye", "QUIT +OK bye"],
    ["-ERR some not removed", "QUIT -ERR some not removed"],
  ] as const) {
    const player = transaction();
    player.say("QUIT");
    assert.equal(player.session.state, "update");
    assert.deepEqual(player.hear(`${answer}\r\nmore`), [told]);
    assert.equal(player.session.state, "closed");
  }
  const early = new ClientPlayer();
  early.hear("+OK\r\n");
  early.say("QUIT");
  assert.equal(early.session.state, "authorization");
  early.hear("+OK\r\n");
  assert.equal(early.session.state, "closed");
});

test("the maildrop is open after +OK to PASS, APOP or AUTH, and not after -ERR", () => {
  const player = new ClientPlayer();
  player.hear("+OK <1@x>\r\n");
  player.say("APOP", "anna", "0123");
  player.hear("-ERR no\r\n");
  assert.equal(player.session.state, "authorization");
  player.auth("PLAIN");
  player.hear("+OK\r\n");
  assert.equal(player.session.state, "transaction");
});

// --- STLS

requirement(["P3-C-035", "P3-C-036"], "STLS: nothing in between, and everything before is forgotten", () => {
  const player = new ClientPlayer();
  player.hear("+OK\r\n");
  player.say("CAPA");
  player.hear("+OK\r\nSTLS\r\nSASL PLAIN\r\n.\r\n");
  assert.equal(player.session.capabilities?.has("SASL"), true);
  player.say("STLS");
  assert.deepEqual(player.say("CAPA"), []);
  assert.deepEqual(player.hear("+OK go\r\n"), ["STLS +OK go", "start TLS"]);
  assert.deepEqual(player.say("NOOP".replace("NOOP", "CAPA")), []);
  assert.deepEqual(player.tell("tls-started"), ["> CAPA"]);
  assert.equal(player.session.capabilities, undefined);
  assert.equal(player.session.encrypted, true);
  for (const late of [false, true]) {
    const other = new ClientPlayer();
    other.hear("+OK\r\n");
    other.say("STLS");
    if (late) assert.deepEqual(other.hear("+OK\r\n"), ["STLS +OK", "start TLS"]);
    assert.equal(other.hear(late ? "+OK injected\r\n" : "+OK\r\n+OK injected\r\n").at(-1), "failed tls-injection");
  }
  const refused = new ClientPlayer();
  refused.hear("+OK\r\n");
  refused.say("STLS");
  assert.deepEqual(refused.hear("-ERR no\r\n"), ["STLS -ERR no"]);
  assert.throws(() => refused.tell("tls-started"), /awaits replies/);
});

// --- AUTH

test("an initial response goes on the line where it fits, = for an empty one", () => {
  const greeted = (): ClientPlayer => {
    const player = new ClientPlayer();
    player.hear("+OK\r\n");
    return player;
  };
  assert.deepEqual(greeted().auth("PLAIN"), ["> AUTH PLAIN aGk="]);
  assert.deepEqual(greeted().auth("EXTERNAL", { initialResponse: new Uint8Array(0) }), ["> AUTH EXTERNAL ="]);
  assert.deepEqual(greeted().auth("PLAIN", { atOnce: false }), ["> AUTH PLAIN"]);
  assert.deepEqual(greeted().auth("CRAM-MD5", { initialResponse: undefined }), ["> AUTH CRAM-MD5"]);
  // RFC 5034 §4: 255 octets with the CRLF; "AUTH PLAIN " leaves 242, which are 180 octets in base64.
  assert.equal(greeted().auth("PLAIN", { initialResponse: new Uint8Array(180) })[0]?.length, 2 + 11 + 240);
  assert.deepEqual(greeted().auth("PLAIN", { initialResponse: new Uint8Array(181) }), ["> AUTH PLAIN"]);
});

function asked(exchange: Parameters<ClientPlayer["auth"]>[1] = {}): ClientPlayer {
  const player = new ClientPlayer();
  player.hear("+OK\r\n");
  player.auth("X", exchange);
  return player;
}

test("challenges are decoded for the mechanism, and its answers encoded", () => {
  const player = asked();
  assert.deepEqual(player.hear("+ dGVzdA==\r\n"), ["challenge test"]);
  assert.deepEqual(player.respond("me"), ["> bWU="]);
  assert.deepEqual(player.hear("+ \r\n"), ["challenge "]);
  assert.deepEqual(player.respond(""), ["> "]);
  assert.deepEqual(player.hear("+OK\r\n"), ["AUTH +OK"]);
});

test("a server that goes on after the client gave up is left, not answered for ever", () => {
  const player = asked();
  assert.deepEqual(player.hear("+ !\r\n"), ["> *"]);
  for (let more = 0; more < 8; more += 1) assert.deepEqual(player.hear("+ \r\n"), ["> *"]);
  assert.match(player.hear("+ \r\n").join(), /^failed protocol/);
});

test("a first message that was kept back answers the first challenge", () => {
  const plain = { atOnce: false, ignoresFirstChallenge: true };
  for (const challenge of ["+ ", "+", "+ go ahead", "+OK", "+ YWE="]) {
    const player = asked(plain);
    assert.deepEqual(player.hear(`${challenge}\r\n`), ["> aGk="], challenge);
    assert.deepEqual(player.hear("+OK\r\n"), ["AUTH +OK"], challenge);
  }
  const strict = asked({ atOnce: false });
  assert.deepEqual(strict.hear("+ YWE=\r\n"), ["> *"]);
  assert.deepEqual(strict.hear("-ERR cancelled\r\n"), ["AUTH -ERR cancelled unexpected-challenge"]);
  const believed = asked({ atOnce: false });
  assert.deepEqual(believed.hear("+OK\r\n"), ["AUTH +OK"], "not a prompt for a mechanism that needs a true one");
  const empty = asked({ atOnce: false });
  assert.deepEqual(empty.hear("+ \r\n"), ["> aGk="]);
});

test("a server that speaks first is handed to the mechanism, whatever a prompt looks like", () => {
  const login = { initialResponse: undefined, ignoresFirstChallenge: true };
  const player = asked(login);
  assert.deepEqual(player.hear("+ go ahead\r\n"), ["challenge "]);
  player.respond("name");
  assert.deepEqual(player.hear("+ go ahead\r\n"), ["> *"], "only the first");
  assert.deepEqual(asked(login).hear("+ VXNlcg==\r\n"), ["challenge User"]);
  assert.deepEqual(asked(login).hear("+OK\r\n"), ["challenge "]);
});

requirement("P3-C-063", "a challenge that cannot be decoded is answered with *, and so is one that is refused", () => {
  const garbage = asked();
  assert.deepEqual(garbage.hear("+ !!!!\r\n"), ["> *"]);
  assert.deepEqual(garbage.hear("+ YWE=\r\n"), ["> *"]);
  assert.deepEqual(garbage.hear("-ERR\r\n"), ["AUTH -ERR undecodable-challenge"]);
  assert.equal(garbage.session.state, "authorization");
  const refused = asked();
  refused.hear("+ YWE=\r\n");
  assert.deepEqual(refused.respond(undefined), ["> *"]);
  assert.deepEqual(refused.hear("+OK in you go\r\n"), ["failed protocol in you go"]);
});

test("what comes while the mechanism thinks is out of step", () => {
  const player = asked();
  player.hear("+ YWE=\r\n");
  assert.deepEqual(player.hear("+OK\r\n"), ["failed protocol +OK"]);
  assert.throws(() => asked().respond("x"), /awaits replies/);
  const other = asked();
  assert.deepEqual(other.hear("what\r\n"), ["failed protocol what"]);
});

// --- pipelining

requirement(["P3-C-099", "P3-C-100"], "many are sent only where it is announced, two first, then a window", () => {
  const off = transaction();
  off.say("LIST");
  assert.deepEqual(off.say("UIDL"), []);
  const on = pipelined({ pipelining: { when: "announced", inFlightMax: 4, octetsMax: 1_000 } });
  for (let n = 0; n < 10; n += 1) on.say("NOOP");
  assert.deepEqual(on.told, ["> NOOP", "> NOOP"]);
  on.told.length = 0;
  assert.deepEqual(
    on.hear("+OK\r\n"),
    ["NOOP +OK"],
    "one answered tells nothing: a third would be taken for a lost second",
  );
  assert.deepEqual(on.hear("+OK\r\n"), ["NOOP +OK", "> NOOP", "> NOOP", "> NOOP", "> NOOP"]);
  assert.deepEqual(on.hear("+OK\r\n"), ["NOOP +OK"], "a full window is half used up first");
  assert.deepEqual(on.hear("+OK\r\n"), ["NOOP +OK", "> NOOP", "> NOOP"]);
  assert.deepEqual(on.say("QUIT"), [], "QUIT goes alone");
  assert.deepEqual(on.hear("+OK\r\n+OK\r\n+OK\r\n+OK\r\n").slice(4), ["> NOOP", "> NOOP"]);
  assert.deepEqual(on.hear("+OK\r\n"), ["NOOP +OK"]);
  assert.deepEqual(on.hear("+OK\r\n"), ["NOOP +OK", "> QUIT"]);
  assert.deepEqual(on.session.queue, []);
});

requirement(
  "P3-C-100",
  "QUIT goes behind the RSET before it and behind nothing else, and nothing goes behind QUIT",
  () => {
    const on = pipelined({ pipelining: { when: "always", inFlightMax: 4, octetsMax: 1_000 } });
    on.say("RSET");
    assert.deepEqual(on.say("QUIT"), ["> QUIT"]);
    assert.deepEqual(on.hear("+OK\r\n+OK\r\n"), ["RSET +OK", "QUIT +OK"]);
    const both = pipelined({ pipelining: { when: "always", inFlightMax: 4, octetsMax: 1_000 } });
    both.say("NOOP");
    both.say("RSET");
    assert.deepEqual(both.say("QUIT"), []);
    assert.deepEqual(both.hear("+OK\r\n"), ["NOOP +OK", "> QUIT"]);
    const waiting = pipelined({ pipelining: { when: "always", inFlightMax: 4, octetsMax: 1_000 } });
    for (const keyword of ["NOOP", "QUIT", "STAT"]) waiting.say(keyword);
    assert.deepEqual(waiting.hear("+OK\r\n"), ["NOOP +OK", "> QUIT"], "and not STAT with it");
    const probation = pipelined({ pipelining: { when: "announced", inFlightMax: 4, octetsMax: 1_000 } });
    probation.say("RSET");
    assert.deepEqual(probation.say("QUIT"), []);
  },
);

test("octets in flight are bounded too, one command always goes", () => {
  const player = pipelined({ pipelining: { when: "always", inFlightMax: 100, octetsMax: 1_000 } });
  const retr = (n: number, expectedOctets: number): readonly string[] =>
    player.submit(clientCommand("RETR", [n], { expectedOctets }));
  assert.deepEqual(retr(1, 5_000), ["> RETR 1"]);
  assert.deepEqual(retr(2, 400), []);
  assert.deepEqual(retr(3, 400), []);
  assert.deepEqual(retr(4, 400), []);
  assert.deepEqual(player.hear("+OK\r\n.\r\n").slice(2), ["> RETR 2", "> RETR 3"]);
  assert.deepEqual(player.hear("+OK\r\n.\r\n").slice(2), ["> RETR 4"]);
});

test("pipelining is by the last CAPA of the transaction state, or by the caller", () => {
  const before = new ClientPlayer();
  before.hear("+OK\r\n");
  before.say("CAPA");
  before.hear("+OK\r\npipelining\r\n.\r\n");
  assert.equal(before.session.pipelining, "off");
  before.say("USER", "anna");
  assert.deepEqual(before.say("PASS", "x"), []);
  before.hear("+OK\r\n+OK\r\n".slice(0, 5));
  before.hear("+OK\r\n");
  assert.equal(before.session.pipelining, "probation");
  before.say("CAPA");
  before.hear("+OK\r\nPIPELINING\r\n.\r\n");
  assert.equal(before.session.pipelining, "probation");
  before.say("CAPA");
  before.hear("+OK\r\n.\r\n");
  assert.equal(before.session.pipelining, "off");
  const window = { inFlightMax: 4, octetsMax: 1_000 };
  assert.equal(transaction({ pipelining: { when: "always", ...window } }).session.pipelining, "on");
  assert.equal(pipelined({ pipelining: { when: "never", ...window } }).session.pipelining, "off");
});

requirement("P3-C-100", "CAPA, LIST and UIDL in one packet are judged when all three are answered", () => {
  const player = pipelined({ pipelining: { when: "announced", inFlightMax: 4, octetsMax: 1_000 } });
  for (const keyword of ["CAPA", "LIST", "UIDL"]) player.say(keyword);
  assert.deepEqual(player.told, ["> CAPA", "> LIST", "> UIDL"]);
  // Perhaps the answer to LIST, where that to CAPA was lost.
  player.hear("+OK\r\n1 120\r\n.\r\n");
  assert.equal(player.session.pipelining, "probation");
  player.hear("+OK\r\n.\r\n");
  assert.equal(player.session.pipelining, "probation");
  player.hear("+OK\r\n.\r\n");
  assert.equal(player.session.pipelining, "off", "nothing of PIPELINING was said");
});

test("a command nobody wants any more is not sent, and one that was sent is answered", () => {
  const player = transaction();
  const [first, second, third] = [clientCommand("STAT"), clientCommand("NOOP"), clientCommand("LIST")];
  for (const command of [first, second, third]) player.submit(command);
  assert.deepEqual(player.withdraw(second), []);
  assert.deepEqual(player.withdraw(first), []);
  assert.deepEqual(player.hear("+OK 1 1\r\n"), ["STAT +OK 1 1", "> LIST"]);
});

test("a session that is held sends nothing before all is answered", () => {
  const player = pipelined({ pipelining: { when: "always", inFlightMax: 3, octetsMax: 1_000 } });
  for (let n = 0; n < 3; n += 1) player.say("NOOP");
  player.hear("+OK\r\n");
  player.tell("hold");
  player.say("STAT");
  assert.deepEqual(player.hear("+OK\r\n"), ["NOOP +OK"]);
  assert.equal(player.session.isHeld, true);
  assert.deepEqual(player.hear("+OK\r\n"), ["NOOP +OK", "> STAT"]);
  assert.equal(player.session.isHeld, false);
  player.hear("+OK\r\n");
  player.tell("hold");
  assert.equal(player.session.isHeld, false, "nothing is missing when nothing is asked");
});

test("a session that is distrusted sends one command at a time, whatever the server announces", () => {
  const player = pipelined({ pipelining: { when: "always", inFlightMax: 3, octetsMax: 1_000 } });
  for (let n = 0; n < 2; n += 1) player.say("NOOP");
  player.tell("distrust");
  player.say("CAPA");
  player.say("STAT");
  assert.deepEqual(player.hear("+OK\r\n"), ["NOOP +OK"]);
  assert.deepEqual(player.hear("+OK\r\n"), ["NOOP +OK", "> CAPA"]);
  assert.equal(player.hear("+OK\r\nPIPELINING\r\n.\r\n").at(-1), "> STAT");
  player.say("NOOP");
  assert.deepEqual(player.hear("+OK 1 1\r\n"), ["STAT +OK 1 1", "> NOOP"]);
});

test("what goes first goes before what waits, in its order, and nothing goes before what came was looked at", () => {
  const player = transaction();
  for (const keyword of ["STAT", "NOOP", "RSET"]) player.say(keyword);
  advanceClient(player.session, { kind: "received", octets: Buffer.from("+OK 1 1\r\n") });
  assert.deepEqual(player.first(clientCommand("RETR", [1]), clientCommand("TOP", [1, 0])), ["> RETR 1"]);
  player.hear("+OK\r\n.\r\n");
  player.hear("+OK\r\n.\r\n");
  player.hear("+OK\r\n");
  assert.deepEqual(player.told.filter((line) => line.startsWith("> ")).slice(-5), [
    "> STAT",
    "> RETR 1",
    "> TOP 1 0",
    "> NOOP",
    "> RSET",
  ]);
});

// --- commands

requirement(["P3-C-011", "P3-C-012", "P3-C-013"], "commands are checked before they are sent", () => {
  for (const args of [["a\r\nDELE 1"], ["a\n"], ["\0"], ["€"], [""]]) {
    assert.throws(() => clientCommand("USER", args), { code: "BAD_ARGUMENT" });
  }
  assert.throws(() => rawCommand(""), { code: "BAD_ARGUMENT" });
  assert.throws(
    () => authCommand("PL\r\nAIN", { initialResponse: undefined, atOnce: false, ignoresFirstChallenge: false }),
    PopError,
  );
  // RFC 2449 §4: 255 octets, "PASS " and CRLF among them.
  assert.equal(clientCommand("PASS", ["x".repeat(248)]).line.length, 253);
  assert.throws(() => clientCommand("PASS", ["x".repeat(249)]), { code: "LINE_TOO_LONG" });
  assert.equal(clientCommand("RETR", [7]).line, "RETR 7");
});

requirement("P3-C-018", "what a log may show of a command holds no secret", () => {
  for (const [command, shown] of [
    [clientCommand("PASS", ["my secret words"]), "PASS ****"],
    [clientCommand("APOP", ["anna", "0123456789abcdef"]), "APOP anna ****"],
    [clientCommand("USER", ["anna"]), "USER anna"],
    [rawCommand("pass x"), "pass ****"],
    [rawCommand("AUTH PLAIN AAAA"), "AUTH PLAIN ****"],
    [rawCommand("TOP 1 2"), "TOP 1 2"],
  ] as const) {
    assert.equal(command.shown, shown);
  }
  const player = new ClientPlayer();
  player.hear("+OK\r\n");
  const exchange = { initialResponse: Buffer.from("secret"), atOnce: true, ignoresFirstChallenge: false };
  const effects = advanceClient(player.session, { kind: "command", command: authCommand("PLAIN", exchange) });
  assert.deepEqual(effects, [{ kind: "send", text: "AUTH PLAIN c2VjcmV0\r\n", shown: "AUTH PLAIN ****" }]);
});

test("a line of the caller's own has the shape the table knows, or the one that is asked for", () => {
  assert.equal(rawCommand("uidl").shape, "lines");
  assert.equal(rawCommand("uidl 1").shape, "line");
  assert.equal(rawCommand("RETR 1").shape, "lines");
  assert.equal(rawCommand("XTND").shape, "line");
  assert.equal(rawCommand("XTND", true).shape, "lines");
  assert.equal(rawCommand("LIST", false).shape, "line");
});

test("a session has its defaults, and is encrypted from the start where told so", () => {
  const session = createClientSession({ encrypted: true });
  assert.equal(session.encrypted, true);
  assert.equal(session.policy.lineOctetsMax, 8_192);
  assert.equal(session.policy.pipelining.when, "announced");
});
