// POP2's server by RFC 937: the decision table by hand, and what a transcript does not show.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { POP2_COMMANDS, POP2_STATES, POP2_TRANSITIONS, pop2Side, DEFAULT_FAMILY_POLICY } from "../../src/wire/index.ts";
import { pop2Transition } from "../../src/wire/pop2/states.ts";
import { FamilyPlayer, type FamilyWorld } from "./family-player.ts";
import { CLEARTEXT, ENCRYPTED, LOOPBACK } from "./session-player.ts";

const MAILBOXES = { INBOX: ["one\r\n", "two!\r\n", "three\r\n"], Notes: ["note\r\n"] };
const world: FamilyWorld = { mailboxes: MAILBOXES };

/** What a client says to bring a session into a state. */
const WAYS = {
  auth: "",
  mbox: "HELO anna secret\r\n",
  item: "HELO anna secret\r\nREAD 1\r\n",
  next: "HELO anna secret\r\nREAD 1\r\nRETR\r\n",
} as const;

/** RFC 937 "Server Decision Table": the first octet of the answer, `D` for the data; G is garbage: `- ` and close. */
const DECISIONS: Readonly<Record<string, readonly [auth: string, mbox: string, item: string, next: string]>> = {
  "HELO anna secret": ["#", "G", "G", "G"],
  "FOLD Notes": ["G", "#", "#", "G"],
  READ: ["G", "=", "=", "G"],
  "READ 2": ["G", "=", "=", "G"],
  RETR: ["G", "G", "D", "G"],
  ACKS: ["G", "G", "G", "="],
  ACKD: ["G", "G", "G", "="],
  NACK: ["G", "G", "G", "="],
  QUIT: ["+", "+", "+", "G"],
  STAT: ["G", "G", "G", "G"],
  "": ["G", "G", "G", "G"],
};

requirement("P2-S-005", "every command in every state does what the decision table of RFC 937 says", () => {
  let cells = 0;
  for (const [command, answers] of Object.entries(DECISIONS)) {
    for (const [at, state] of (["auth", "mbox", "item", "next"] as const).entries()) {
      const player = new FamilyPlayer("pop2", world);
      player.say(WAYS[state]);
      assert.equal(player.side.state, state);
      const said = player.say(`${command}\r\n`);
      const expected = answers[at];
      const where = `${command} in ${state}: ${JSON.stringify(said)}`;
      if (expected === "G") {
        assert.match(said, /^- [ -~]+\r\n$/, where);
        assert.equal(player.closed, "bad-commands", where);
        assert.deepEqual(player.removed, [], where);
      } else {
        assert.equal(said.startsWith(expected === "D" ? "one\r\n" : (expected as string)), true, where);
        assert.equal(player.closed, command === "QUIT" ? "quit" : undefined, where);
      }
      cells += 1;
    }
  }
  assert.equal(cells, 44);
});

test("these transitions exist and no others", () => {
  // RFC 937 "Server State Diagram", with the ends that every state has.
  const ends = [["garbage"], ["stopped"], ["timeout"], ["disconnected"]].map(([by]) => [by, "done"]);
  assert.deepEqual(POP2_STATES, ["auth", "mbox", "item", "next", "done"]);
  const expected: Record<string, (readonly (string | undefined)[])[]> = {
    auth: [["opened", "mbox"], ["refused", "done"], ["quit", "done"], ...ends],
    mbox: [
      ["opened", "mbox"],
      ["refused", "done"],
      ["read", "item"],
      ["quit", "done"],
      ["not-removed", "done"],
      ...ends,
    ],
    item: [
      ["opened", "mbox"],
      ["refused", "done"],
      ["read", "item"],
      ["sent", "next"],
      ["not-sent", "done"],
      ["quit", "done"],
      ["not-removed", "done"],
      ...ends,
    ],
    next: [["acknowledged", "item"], ...ends],
    done: [],
  };
  for (const state of POP2_STATES)
    assert.deepEqual(Object.entries(POP2_TRANSITIONS[state]).toSorted(), expected[state]?.toSorted(), state);
  assert.throws(() => pop2Transition("done", "quit"), { message: "no transition from done by quit" });
});

test("the command table has the eight commands of RFC 937", () => {
  const keywords = POP2_COMMANDS.map(({ keyword }) => keyword);
  assert.deepEqual(keywords, ["HELO", "FOLD", "READ", "RETR", "ACKS", "ACKD", "NACK", "QUIT"]);
});

requirement("P2-S-001", "the greeting names the host, or localhost for what is no host's name", () => {
  const greetingOf = (hostName: string): string => new FamilyPlayer("pop2", { policy: { hostName } }).said;
  assert.equal(greetingOf("dog-house.example"), "+ POP2 dog-house.example ready\r\n");
  for (const name of ["", "192.0.2.1", "a b", "a\r\nb"]) assert.equal(greetingOf(name), "+ POP2 localhost ready\r\n");
});

requirement("P2-S-018", "ACKD in a mailbox that may not be written to is answered the same and marks nothing", () => {
  for (const isReadOnly of [false, true]) {
    const player = new FamilyPlayer("pop2", { ...world, isReadOnly });
    player.say(WAYS.next);
    assert.equal(player.say("ACKD\r\n"), "=6 octets\r\n");
    assert.equal(player.say("READ 1\r\n"), isReadOnly ? "=5 octets\r\n" : "=0 no such message\r\n");
    assert.equal(player.say("QUIT\r\n"), "+ bye\r\n");
    assert.deepEqual(player.removed, isReadOnly ? [] : [{ mailbox: "INBOX", numbers: [1] }]);
    assert.equal(player.released, isReadOnly ? 1 : 0);
  }
});

requirement("P2-S-022", "a command line has at most 512 octets, its line end included", () => {
  const password = "x".repeat(512 - "HELO anna \r\n".length);
  const wrong = new FamilyPlayer("pop2", world);
  assert.equal(wrong.say(`HELO anna ${password}\r\n`), "- login refused: check name and password\r\n");
  const long = new FamilyPlayer("pop2", world);
  assert.equal(long.say(`HELO anna ${password}x\r\n`), "- line too long\r\n");
  assert.equal(long.closed, "bad-commands");
});

requirement("P2-S-023", "a reply has at most 512 octets, however long the host's name is", () => {
  const { said } = new FamilyPlayer("pop2", { policy: { hostName: `h${"o".repeat(600)}` } });
  assert.equal(said.length, 512);
  assert.match(said, /^\+ POP2 ho+\r\n$/);
});

requirement("P2-S-024", "a text line of more than 1000 octets is sent as it is, and counted exactly", () => {
  const message = `${"x".repeat(5_000)}\r\n`;
  const player = new FamilyPlayer("pop2", { mailboxes: { INBOX: [message] } });
  assert.equal(player.say("HELO anna secret\r\nREAD\r\n"), "#1 message\r\n=5002 octets\r\n");
  assert.equal(player.say("RETR\r\n"), message);
});

requirement("P2-S-025", "a backslash quotes the next octet in user, password and mailbox", () => {
  const checked: string[][] = [];
  const side = pop2Side({ channel: LOOPBACK, policy: DEFAULT_FAMILY_POLICY });
  side.advance({ kind: "connected" });
  const line = Buffer.from("HELO a\\ b\\\\ x\\y\\\\z\\ w");
  for (const effect of side.advance({ kind: "line", octets: line })) {
    if (effect.kind === "check-password")
      checked.push([effect.login, effect.password].map((part) => Buffer.from(part).toString()));
  }
  assert.deepEqual(checked, [["a b\\", "xy\\z w"]]);
  const player = new FamilyPlayer("pop2", { mailboxes: { "My \\ notes": ["x\r\n"] } });
  player.say(WAYS.mbox);
  assert.equal(player.say("FOLD My\\ \\\\ notes\r\n"), "#1 message\r\n");
});

requirement("P2-S-026", "spaces that nobody quoted behind the user belong to the password", () => {
  const side = pop2Side({ channel: LOOPBACK, policy: DEFAULT_FAMILY_POLICY });
  side.advance({ kind: "connected" });
  const effects = side.advance({ kind: "line", octets: Buffer.from("HELO fred my  secret ") });
  assert.deepEqual(
    effects.map((effect) => (effect.kind === "check-password" ? Buffer.from(effect.password).toString() : effect.kind)),
    ["my  secret "],
  );
});

requirement("P2-S-033", "an argument too many, too few or of another kind ends the session", () => {
  const wrong = {
    auth: ["HELO", "HELO anna", "HELO anna ", "HELO  secret", "HELO anna secret\\", "QUIT now", "HELO anna sec\0ret"],
    mbox: ["FOLD", "FOLD ", "FOLD \\", "READ x", "READ 1 2", "READ -1", "READ 1x", "QUIT 1"],
    item: ["RETR 1"],
    next: ["ACKS 1", "ACKD 1", "NACK 1"],
  } as const;
  for (const [state, commands] of Object.entries(wrong)) {
    for (const command of commands) {
      const player = new FamilyPlayer("pop2", world);
      player.say(WAYS[state as keyof typeof wrong]);
      assert.match(player.say(`${command}\r\n`), /^- [ -~]+\r\n$/, command);
      assert.equal(player.closed, "bad-commands", command);
    }
  }
});

test("spaces behind a command that takes none are none, and a number may have zeros before it", () => {
  const player = new FamilyPlayer("pop2", world);
  player.say(WAYS.mbox);
  assert.equal(player.say("READ 002\r\nRETR \r\nACKS  \r\n"), "=6 octets\r\ntwo!\r\n=7 octets\r\n");
  assert.equal(player.say("READ 99999999999999999999999\r\n"), "=0 no such message\r\n");
});

requirement(
  ["P2-S-008", "P2-S-009"],
  "a mailbox that is not there or not to be seen is an empty one, and holds nothing",
  () => {
    const player = new FamilyPlayer("pop2", world);
    player.say(WAYS.mbox);
    for (const name of ["../../etc/passwd", "/etc/passwd", "other-user/INBOX", "\\\\"])
      assert.equal(player.say(`FOLD ${name}\r\n`), "#0 messages\r\n");
    assert.equal(player.released, 1);
    assert.equal(player.say("QUIT\r\n"), "+ bye\r\n");
    assert.equal(player.released, 1);
  },
);

test("what the store or the accounts refuse is said, and ends the session", () => {
  const login = WAYS.mbox;
  const marked = `${WAYS.next}ACKD\r\n`;
  const cases: readonly (readonly [Partial<FamilyWorld>, string, string, string])[] = [
    [{ logins: "AUTH_UNAVAILABLE" }, login, "- cannot check passwords now, try again later\r\n", "store-failed"],
    [{ opens: "MAILDROP_IN_USE" }, login, "- maildrop is locked by another session\r\n", "maildrop-refused"],
    [{ sends: "STORE_UNAVAILABLE" }, WAYS.next, "", "store-failed"],
    [
      { commits: "LEASE_LOST" },
      `${marked}QUIT\r\n`,
      "- another session took the maildrop over, nothing was removed\r\n",
      "store-failed",
    ],
    [
      { commits: "NOTHING_REMOVED" },
      `${marked}FOLD Notes\r\n`,
      "- some deleted messages not removed\r\n",
      "store-failed",
    ],
  ];
  for (const [failing, script, said, closed] of cases) {
    const player = new FamilyPlayer("pop2", { ...world, ...failing });
    assert.ok(player.say(script).endsWith(said), player.said);
    assert.equal(player.closed, closed);
    assert.deepEqual(player.removed, []);
    player.happen({ kind: "disconnected" });
  }
});

requirement(["P2-S-021", "P2-S-027"], "a time-out, a lost connection and a stop remove nothing and unlock", () => {
  for (const event of ["timeout", "disconnected", "stop"] as const) {
    const player = new FamilyPlayer("pop2", world);
    player.say(`${WAYS.next}ACKD\r\n`);
    const before = player.said.length;
    player.happen({ kind: event });
    const said = {
      timeout: "- the server ends this session\r\n",
      disconnected: "",
      stop: "- server is stopping, try again later\r\n",
    };
    assert.equal(player.said.slice(before), said[event]);
    assert.deepEqual([player.removed, player.released, player.side.state], [[], 1, "done"]);
  }
});

test("a time-out inside the data of a message says nothing that could be taken for it", () => {
  const side = pop2Side({ channel: LOOPBACK, policy: DEFAULT_FAMILY_POLICY });
  const maildrop = { count: 1, octets: 5, octetsOf: () => 5, uniqueIdOf: () => "x" };
  side.advance({ kind: "connected" });
  side.advance({ kind: "line", octets: Buffer.from("HELO a b") });
  side.advance({ kind: "accepted" });
  side.advance({ kind: "maildrop-opened", maildrop });
  side.advance({ kind: "line", octets: Buffer.from("READ") });
  side.advance({ kind: "line", octets: Buffer.from("RETR") });
  const effects = side.advance({ kind: "timeout" });
  assert.deepEqual(effects, [{ kind: "release-maildrop" }, { kind: "close", reason: "timeout" }]);
});

test("a stop lets buffered commands be, and answers the next one", () => {
  const player = new FamilyPlayer("pop2", world);
  player.say(WAYS.mbox);
  player.happen({ kind: "stop", linesBuffered: true });
  assert.equal(player.side.stopping, true);
  assert.equal(player.closed, undefined);
  assert.equal(player.say("READ\r\n"), "- server is stopping, try again later\r\n");
  assert.equal(player.closed, "stopped");
});

requirement(
  "P2-S-032",
  "a password is taken over loopback, inside TLS, or where that is allowed, and nowhere else",
  () => {
    const answers = [LOOPBACK, ENCRYPTED, CLEARTEXT].map(
      (channel) => new FamilyPlayer("pop2", { ...world, channel }).say(WAYS.mbox)[0],
    );
    assert.deepEqual(answers, ["#", "#", "-"]);
    const allowed = new FamilyPlayer("pop2", { ...world, channel: CLEARTEXT, policy: { allowsCleartext: true } });
    assert.equal(allowed.say(WAYS.mbox)[0], "#");
  },
);

test("an event that makes no sense is a driver's mistake", () => {
  const player = new FamilyPlayer("pop2", world);
  assert.throws(() => player.happen({ kind: "sent" }), /event sent while the session awaits line/);
  assert.throws(() => player.happen({ kind: "tls-started" }), /POP2 knows no event tls-started/);
  assert.equal(player.side.nextInRun(Buffer.from("RETR")), undefined);
  assert.equal(player.side.isAuthorized, false);
  assert.equal(player.side.failedLogins, 0);
});

test("a mistake of this program is not told to the peer as its own", () => {
  const player = new FamilyPlayer("pop2", world);
  const broken = Object.assign(Buffer.from("HELO x y"), { subarray: () => assert.fail("broken") });
  assert.throws(() => player.happen({ kind: "line", octets: broken }), { message: "broken" });
});

const WORDS = [
  "HELO anna secret",
  "HELO anna wrong",
  "FOLD Notes",
  "FOLD x",
  "READ",
  "READ 2",
  "READ 9",
  "RETR",
  "ACKS",
  "ACKD",
  "NACK",
  "QUIT",
  "",
  "\0",
  "x".repeat(600),
];

test("whatever is said, replies keep to the grammar, and only QUIT and FOLD remove", () => {
  const script = fc.array(
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...WORDS) }, fc.string({ unit: "binary-ascii", maxLength: 9 })),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(script, (lines) => {
      const player = new FamilyPlayer("pop2", { mailboxes: { INBOX: ["=1\r\n", "=2\r\n"], Notes: ["=3\r\n"] } });
      // The messages look like replies too, so that everything said is made of lines.
      for (const line of lines) player.say(`${line}\r\n`);
      assert.match(player.said, /^\+ POP2 localhost ready\r\n(?:[-+#=][ -~]{0,509}\r\n)*$/);
      const asks = lines.filter((line) => /^(?:QUIT|FOLD)/i.test(line)).length;
      assert.ok(player.removed.length <= asks);
      player.happen({ kind: "disconnected" });
      assert.equal(player.side.state, "done");
    }),
    { seed: 20_261_126, numRuns: 2_000 },
  );
});
