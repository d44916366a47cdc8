// POP1's server by RFC 918: its diagram as a table by hand, and what a transcript does not show.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { POP1_COMMANDS, POP1_STATES, POP1_TRANSITIONS, pop1Side, DEFAULT_FAMILY_POLICY } from "../../src/wire/index.ts";
import { pop1Transition } from "../../src/wire/pop1/states.ts";
import { FamilyPlayer, type FamilyWorld } from "./family-player.ts";
import { CLEARTEXT, ENCRYPTED, LOOPBACK } from "./session-player.ts";

const SEPARATOR = "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\r\n";
const world: FamilyWorld = { mailboxes: { INBOX: ["one\r\n", "two!\r\n"], Notes: ["note\r\n"] } };
const DATA = `${SEPARATOR}one\r\n\r\n${SEPARATOR}two!\r\n\r\n`;

const WAYS = {
  usr: "",
  pwd: "USER fred\r\n",
  idle: "USER fred\r\nPASS secret\r\n",
  open: "USER fred\r\nPASS secret\r\nRDEL INBOX\r\n",
  sent: "USER fred\r\nPASS secret\r\nRDEL INBOX\r\nRCEV\r\n",
} as const;

type Cell = readonly [reply: string, next: string];
const E: Cell = ["-ERR", "same"];
const OK = (next: string): Cell => ["+OK", next];

/** Section 2.3 of the checklist, from RFC 918's diagram: reply and next state. In PWD everything but PASS leads back. */
const DECISIONS: Readonly<Record<string, readonly [usr: Cell, pwd: Cell, idle: Cell, open: Cell, sent: Cell]>> = {
  "USER fred": [OK("pwd"), ["-ERR", "usr"], E, E, E],
  "PASS secret": [E, OK("idle"), E, E, E],
  "PASS wrong": [E, ["-ERR", "usr"], E, E, E],
  "RETR INBOX": [E, ["-ERR", "usr"], ["#", "open"], E, E],
  "RDEL INBOX": [E, ["-ERR", "usr"], ["#", "open"], E, E],
  "RDEL nowhere": [E, ["-ERR", "usr"], E, E, E],
  RCEV: [E, ["-ERR", "usr"], E, [DATA, "sent"], E],
  RECV: [E, ["-ERR", "usr"], E, [DATA, "sent"], E],
  RCVD: [E, ["-ERR", "usr"], E, E, OK("idle")],
  RSET: [E, ["-ERR", "usr"], OK("idle"), OK("idle"), OK("idle")],
  NOOP: [E, ["-ERR", "usr"], OK("idle"), E, E],
  QUIT: [OK("closed"), OK("closed"), OK("closed"), OK("closed"), OK("closed")],
  STAT: [E, ["-ERR", "usr"], E, E, E],
};

requirement(["P1-S-002", "P1-S-014"], "every command in every state does what the diagram of RFC 918 says", () => {
  let cells = 0;
  for (const [command, row] of Object.entries(DECISIONS)) {
    for (const [at, state] of (["usr", "pwd", "idle", "open", "sent"] as const).entries()) {
      const player = new FamilyPlayer("pop1", world);
      player.say(WAYS[state]);
      assert.equal(player.side.state, state);
      const [reply, next] = row[at] as Cell;
      const said = player.say(`${command}\r\n`);
      const where = `${command} in ${state}: ${JSON.stringify(said)}`;
      assert.equal(said.startsWith(reply), true, where);
      assert.equal(player.side.state, next === "same" ? state : next, where);
      assert.equal(player.removed.length, command === "RCVD" && state === "sent" ? 1 : 0, where);
      cells += 1;
    }
  }
  assert.equal(cells, 65);
});

test("these transitions exist and no others", () => {
  assert.deepEqual(POP1_STATES, ["usr", "pwd", "idle", "open", "sent", "closed"]);
  const ends = ["quit", "too-many-errors", "stopped", "timeout", "disconnected"].map((by) => [by, "closed"]);
  const expected: Record<string, string[][]> = {
    usr: [["named", "pwd"], ...ends],
    pwd: [["accepted", "idle"], ["refused", "usr"], ...ends],
    idle: [["opened", "open"], ...ends],
    open: [["sent", "sent"], ["not-sent", "closed"], ["mailbox-closed", "idle"], ...ends],
    sent: [["mailbox-closed", "idle"], ...ends],
    closed: [],
  };
  for (const state of POP1_STATES)
    assert.deepEqual(Object.entries(POP1_TRANSITIONS[state]).toSorted(), expected[state]?.toSorted(), state);
  assert.throws(() => pop1Transition("closed", "quit"), { message: "no transition from closed by quit" });
});

test("the command table has the nine commands of RFC 918", () => {
  const keywords = POP1_COMMANDS.map(({ keyword }) => keyword);
  assert.deepEqual(keywords, ["USER", "PASS", "RETR", "RDEL", "RCEV", "RCVD", "RSET", "NOOP", "QUIT"]);
});

requirement(
  ["P1-S-005", "P1-S-007", "P1-S-009"],
  "RDEL says how many octets come, RCEV sends them, RCVD removes them all",
  () => {
    const player = new FamilyPlayer("pop1", world);
    player.say(WAYS.idle);
    assert.equal(player.say("RDEL INBOX\r\n"), `#${DATA.length} octets\r\n`);
    assert.equal(player.say("RCEV\r\n"), DATA);
    assert.equal(player.say("RCVD\r\n"), "+OK mail removed, mailbox closed\r\n");
    assert.deepEqual(player.removed, [{ mailbox: "INBOX", numbers: [1, 2] }]);
  },
);

requirement("P1-S-018", "an empty mailbox is no octets, and is read and closed as any other", () => {
  const player = new FamilyPlayer("pop1");
  player.say(WAYS.idle);
  assert.equal(player.say("RDEL INBOX\r\nRCEV\r\nRCVD\r\n"), "#0 octets\r\n+OK mailbox closed\r\n");
  assert.deepEqual([player.removed, player.released], [[], 1]);
});

requirement("P1-S-011", "what was read by RETR stays", () => {
  const player = new FamilyPlayer("pop1", world);
  player.say(WAYS.idle);
  assert.equal(player.say("NOOP 1\r\n"), "-ERR bad argument\r\n");
  assert.ok(player.say("RETR INBOX\r\nRCEV\r\nRCVD \r\n").endsWith("+OK mailbox closed\r\n"));
  assert.deepEqual([player.removed, player.released], [[], 1]);
});

test("a mailbox of thousands of messages is measured and sent in runs", () => {
  const messages = Array.from({ length: 2_500 }, (_, i) => `${i}\r\n`);
  const player = new FamilyPlayer("pop1", { mailboxes: { INBOX: messages } });
  player.say(WAYS.idle);
  const data = messages.map((message) => `${SEPARATOR}${message}\r\n`).join("");
  assert.equal(player.say("RETR INBOX\r\nRCEV\r\n"), `#${data.length} octets\r\n${data}`);
});

requirement("P1-S-010", "what is not removed is told by -ERR, and the mailbox is unlocked", () => {
  const player = new FamilyPlayer("pop1", { ...world, commits: "NOTHING_REMOVED" });
  player.say(WAYS.sent);
  assert.equal(player.say("RCVD\r\n"), "-ERR some deleted messages not removed\r\n");
  assert.deepEqual([player.released, player.side.state, player.closed], [1, "idle", undefined]);
});

requirement("P1-S-008", "a store that fails before or behind the count never answers inside the data", () => {
  const counting = new FamilyPlayer("pop1", { ...world, measures: "STORE_UNAVAILABLE" });
  counting.say(WAYS.idle);
  assert.equal(counting.say("RETR INBOX\r\n"), "-ERR mail is not available now, try again later\r\n");
  assert.deepEqual([counting.released, counting.side.state], [1, "idle"]);
  const sending = new FamilyPlayer("pop1", { ...world, sends: "STORE_UNAVAILABLE" });
  sending.say(WAYS.open);
  assert.equal(sending.say("RCEV\r\n"), "");
  assert.deepEqual([sending.released, sending.side.state, sending.closed], [1, "closed", "store-failed"]);
  const growing = new FamilyPlayer("pop1", { ...world, surplus: 1 });
  growing.say(WAYS.open);
  assert.equal(growing.say("RCEV\r\nRCVD\r\n"), `${DATA}x`);
  assert.deepEqual([growing.removed, growing.released, growing.closed], [[], 1, "store-failed"]);
});

requirement("P1-S-016", "a lost connection, a time-out and a stop before RCVD remove nothing and unlock", () => {
  for (const event of ["timeout", "disconnected", "stop"] as const) {
    for (const way of [WAYS.open, WAYS.sent]) {
      const player = new FamilyPlayer("pop1", world);
      player.say(way);
      const before = player.said.length;
      player.happen({ kind: event });
      assert.equal(player.said.slice(before), event === "stop" ? "-ERR server is stopping, try again later\r\n" : "");
      assert.deepEqual([player.removed, player.released, player.side.state], [[], 1, "closed"]);
    }
  }
});

test("too many bad commands, or failed logins, close the connection", () => {
  const before = new FamilyPlayer("pop1", world);
  assert.equal(before.say("X\r\n".repeat(3)), "-ERR unknown command\r\n".repeat(3));
  assert.equal(before.say("X\r\n"), "-ERR too many errors, closing\r\n");
  assert.equal(before.closed, "bad-commands");
  const after = new FamilyPlayer("pop1", world);
  after.say(WAYS.idle);
  assert.equal(
    after.say("X\r\n".repeat(21)),
    `${"-ERR unknown command\r\n".repeat(20)}-ERR too many errors, closing\r\n`,
  );
  const guessing = new FamilyPlayer("pop1", world);
  const refusal = "-ERR login refused: check name and password\r\n";
  assert.equal(guessing.say("USER fred\r\nPASS x\r\n".repeat(3)), `+OK send the password\r\n${refusal}`.repeat(3));
  assert.equal(guessing.closed, "failed-logins");
  const outage = new FamilyPlayer("pop1", { ...world, logins: "AUTH_UNAVAILABLE" });
  outage.say("USER fred\r\nPASS x\r\n".repeat(4));
  assert.equal(outage.closed, undefined);
});

test("a line that is too long, or holds control octets, is refused, and a name said before it is forgotten", () => {
  const player = new FamilyPlayer("pop1", world);
  player.say("USER fred\r\n");
  assert.equal(player.say(`PASS ${"x".repeat(506)}\r\n`), "-ERR line too long\r\n");
  assert.equal(player.say("PASS secret\r\n"), "-ERR not allowed in this state\r\n");
  assert.equal(player.say("USER fr\0ed\r\n"), "-ERR bad argument\r\n");
  const other = new FamilyPlayer("pop1", world);
  assert.equal(other.say("USER\r\n"), "-ERR bad argument\r\n");
  assert.equal(other.say("USER fred\r\nPASS\r\n"), "+OK send the password\r\n-ERR bad argument\r\n");
});

requirement(
  "P1-S-022",
  "a password is taken over loopback, inside TLS, or where that is allowed, and nowhere else",
  () => {
    const answers = [LOOPBACK, ENCRYPTED, CLEARTEXT].map((channel) =>
      new FamilyPlayer("pop1", { ...world, channel }).say(WAYS.pwd),
    );
    const [, , refused] = answers;
    assert.deepEqual(answers.slice(0, 2), ["+OK send the password\r\n", "+OK send the password\r\n"]);
    assert.equal(refused, "-ERR start TLS first: this would show the password\r\n");
    const allowed = new FamilyPlayer("pop1", { ...world, channel: CLEARTEXT, policy: { allowsCleartext: true } });
    assert.match(allowed.say(WAYS.pwd), /^\+OK /);
  },
);

requirement(["P1-S-006", "P1-S-023"], "a mailbox that is in use is refused, and the session goes on", () => {
  const player = new FamilyPlayer("pop1", { ...world, opens: "MAILDROP_IN_USE" });
  player.say(WAYS.idle);
  assert.equal(player.say("RETR INBOX\r\n"), "-ERR maildrop is locked by another session\r\n");
  assert.equal(player.say("NOOP\r\n"), "+OK still here\r\n");
});

test("a stop lets buffered commands be, and answers the next one", () => {
  const player = new FamilyPlayer("pop1", world);
  player.happen({ kind: "stop", linesBuffered: true });
  assert.equal(player.side.stopping, true);
  assert.equal(player.say("NOOP\r\n"), "-ERR server is stopping, try again later\r\n");
  assert.equal(player.closed, "stopped");
});

test("an event that makes no sense is a driver's mistake", () => {
  const player = new FamilyPlayer("pop1", world);
  assert.throws(() => player.happen({ kind: "sent" }), /event sent while the session awaits line/);
  assert.throws(() => player.happen({ kind: "challenge", octets: new Uint8Array() }), /POP1 knows no event challenge/);
  assert.equal(player.side.nextInRun(Buffer.from("RETR")), undefined);
  assert.equal(player.side.isAuthorized, false);
  player.say(WAYS.pwd);
  assert.equal(player.side.isAuthorized, false);
  player.say("PASS secret\r\n");
  assert.equal(player.side.isAuthorized, true);
  assert.equal(player.side.failedLogins, 0);
  assert.equal(pop1Side({ channel: LOOPBACK, policy: DEFAULT_FAMILY_POLICY }).lineOctetsMax(new Uint8Array()), 512);
});

test("a mistake of this program is not told to the peer as its own", () => {
  const player = new FamilyPlayer("pop1", world);
  player.say(WAYS.usr);
  const broken = Object.assign(Buffer.from("USER x"), { subarray: () => assert.fail("broken") });
  assert.throws(() => player.happen({ kind: "line", octets: broken }), { message: "broken" });
});

test("octets that were sent and not counted are not believed", () => {
  const side = pop1Side({ channel: LOOPBACK, policy: DEFAULT_FAMILY_POLICY });
  const maildrop = { count: 1, octets: 5, octetsOf: () => 5, uniqueIdOf: () => "x" };
  side.advance({ kind: "connected" });
  side.advance({ kind: "line", octets: Buffer.from("USER a") });
  side.advance({ kind: "line", octets: Buffer.from("PASS a") });
  side.advance({ kind: "accepted" });
  side.advance({ kind: "line", octets: Buffer.from("RETR a") });
  side.advance({ kind: "maildrop-opened", maildrop });
  side.advance({ kind: "measured", octets: 52 });
  side.advance({ kind: "line", octets: Buffer.from("RCEV") });
  assert.deepEqual(side.advance({ kind: "sent" }), [
    { kind: "release-maildrop" },
    { kind: "close", reason: "store-failed" },
  ]);
});

const WORDS = [
  "USER fred",
  "PASS secret",
  "PASS x",
  "RETR INBOX",
  "RDEL INBOX",
  "RDEL Notes",
  "RDEL x",
  "RCEV",
  "RECV",
  "RCVD",
  "RSET",
  "NOOP",
  "QUIT",
  "",
  "\0",
  "x".repeat(600),
];

test("whatever is said, replies keep to the grammar, and only RCVD removes", () => {
  const script = fc.array(
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...WORDS) }, fc.string({ unit: "binary-ascii", maxLength: 9 })),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(script, (lines) => {
      const player = new FamilyPlayer("pop1", world);
      for (const line of lines) player.say(`${line}\r\n`);
      const replies = player.said.replaceAll(DATA, "").replaceAll(`${SEPARATOR}note\r\n\r\n`, "");
      assert.match(replies, /^\+OK POP1 ready\r\n(?:(?:\+OK|-ERR|#\d+) [ -~]{0,505}\r\n)*$/);
      assert.ok(player.removed.length <= lines.filter((line) => /^RCVD/i.test(line)).length);
      player.happen({ kind: "disconnected" });
      assert.equal(player.side.state, "closed");
    }),
    { seed: 20_261_126, numRuns: 2_000 },
  );
});
