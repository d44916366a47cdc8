// Keyword × state and the syntax of each command, by hand from the RFCs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { advanceServer, POP3_COMMANDS, type ServerSession } from "../../src/wire/index.ts";
import { octets } from "./octet-text.ts";
import {
  CLEARTEXT,
  greeted,
  hear,
  inTransaction,
  kindsIn,
  linesIn,
  LOOPBACK,
  say,
  type World,
} from "./session-player.ts";

const PATIENT = { policy: { badCommandsMax: { authorization: 1_000, transaction: 1_000 } } };

const WRONG_STATE = "-ERR not allowed in this state";
const BAD_ARGUMENT = "-ERR bad argument";
const UNKNOWN = "-ERR unknown command";

const APOP_LINE = "APOP mrose c4c9334bac560ecc979e58001b3e22fb";
/** Everything that may be switched on. */
const ALL_ON: World = { policy: { speaksLast: true, makeTimestamp: () => "<1@localhost>" } };

// A well-formed line of each command, and where it is allowed.
const commands: readonly (readonly [line: string, authorization: boolean, transaction: boolean])[] = [
  ["CAPA", true, true],
  ["STLS", true, false],
  ["USER mrose", true, false],
  ["PASS secret", true, false],
  ["AUTH PLAIN", true, false],
  [APOP_LINE, true, false],
  ["UTF8", true, false],
  ["LANG de", true, true],
  ["LAST", false, true],
  ["STAT", false, true],
  ["LIST", false, true],
  ["LIST 1", false, true],
  ["UIDL", false, true],
  ["UIDL 1", false, true],
  ["RETR 1", false, true],
  ["TOP 1 0", false, true],
  ["DELE 1", false, true],
  ["NOOP", false, true],
  ["RSET", false, true],
  ["QUIT", true, true],
];

test("these keywords exist and no others", () => {
  const keywords = [...new Set(commands.map(([line]) => line.split(" ")[0]))];
  assert.deepEqual(POP3_COMMANDS.map(({ keyword }) => keyword).toSorted(), keywords.toSorted());
});

requirement("P3-S-012", "a command in the wrong state is answered -ERR and the state stays", () => {
  let refused = 0;
  for (const [line, beforeLogin, afterLogin] of commands) {
    for (const [session, allowed] of [
      [greeted(ALL_ON), beforeLogin],
      [inTransaction(ALL_ON), afterLogin],
    ] as const) {
      // PASS needs its USER.
      if (allowed && line === "PASS secret") say(session, "USER mrose");
      const before = { ...session, marked: [...session.marked], badCommands: 1 };
      const [first] = hear(session, line);
      const answer = first?.kind === "reply" ? first.text : first?.kind;
      if (allowed) {
        assert.notEqual(answer, `${WRONG_STATE}\r\n`, line);
        continue;
      }
      assert.equal(answer, `${WRONG_STATE}\r\n`, line);
      assert.deepEqual({ ...session, marked: [...session.marked] }, before);
      refused += 1;
    }
  }
  assert.equal(refused, 17);
});

const unknown = [
  "FOO",
  "",
  " ",
  " STAT",
  "STA",
  "STATS",
  "X",
  "HELO example.org",
  "RETR1",
  "RETR\u00a01",
  "\xff\xfe",
  "pa\xdf secret",
  "pa\xdf",
];

for (const line of unknown) {
  test(`${JSON.stringify(line)} is no command, in either state`, () => {
    assert.deepEqual(say(greeted(), line), [UNKNOWN]);
    assert.deepEqual(say(inTransaction(), line), [UNKNOWN]);
  });
}

const malformed: readonly (readonly [line: string, reply: string])[] = [
  ["CAPA x", BAD_ARGUMENT],
  ["STAT 1", BAD_ARGUMENT],
  ["NOOP x", BAD_ARGUMENT],
  ["RSET 1", BAD_ARGUMENT],
  ["QUIT now", BAD_ARGUMENT],
  ["RETR", BAD_ARGUMENT],
  ["RETR ", BAD_ARGUMENT],
  ["RETR x", BAD_ARGUMENT],
  ["RETR 1x", BAD_ARGUMENT],
  ["RETR 1.5", BAD_ARGUMENT],
  ["RETR 1e0", BAD_ARGUMENT],
  ["RETR 0x1", BAD_ARGUMENT],
  ["RETR -1", BAD_ARGUMENT],
  ["RETR +1", BAD_ARGUMENT],
  ["RETR 01", BAD_ARGUMENT],
  ["RETR 1 2", BAD_ARGUMENT],
  ["RETR \xb2", BAD_ARGUMENT],
  ["RETR 0", "-ERR no such message"],
  ["RETR 3", "-ERR no such message"],
  ["RETR 4294967297", "-ERR no such message"],
  ["RETR 99999999999999999999", "-ERR no such message"],
  ["TOP", BAD_ARGUMENT],
  ["TOP 1", BAD_ARGUMENT],
  ["TOP 1 ", BAD_ARGUMENT],
  ["TOP 1 -1", BAD_ARGUMENT],
  ["TOP 1 x", BAD_ARGUMENT],
  ["TOP 1 1.5", BAD_ARGUMENT],
  ["TOP 1 2 3", BAD_ARGUMENT],
  ["TOP x 1", BAD_ARGUMENT],
  ["TOP 0 1", "-ERR no such message"],
  ["TOP 3 1", "-ERR no such message"],
  ["DELE", BAD_ARGUMENT],
  ["DELE 1 2", BAD_ARGUMENT],
  ["DELE x", BAD_ARGUMENT],
  ["DELE 0", "-ERR no such message"],
  ["DELE 3", "-ERR no such message"],
  ["LIST 1 2", BAD_ARGUMENT],
  ["LIST -1", BAD_ARGUMENT],
  ["LIST 1x", BAD_ARGUMENT],
  ["LIST 1.5", BAD_ARGUMENT],
  ["LIST 0", "-ERR no such message"],
  ["LIST 3", "-ERR no such message"],
  ["LIST 4294967297", "-ERR no such message"],
  ["LIST 99999999999999999999", "-ERR no such message"],
  ["UIDL 1 2", BAD_ARGUMENT],
  ["UIDL x", BAD_ARGUMENT],
  ["UIDL 0", "-ERR no such message"],
  ["UIDL 3", "-ERR no such message"],
];

requirement("P3-S-011", "an unknown, incomplete or overloaded command is answered one -ERR and changes nothing", () => {
  const session = inTransaction(PATIENT);
  for (const [line, reply] of malformed) {
    assert.deepEqual(say(session, line), [reply], line);
    assert.deepEqual([session.state, session.awaits, session.marked.size], ["transaction", "line", 0], line);
  }
  for (const line of unknown) assert.deepEqual(say(session, line), [UNKNOWN], line);
});

test("a login command without its argument, or with too many, is answered -ERR", () => {
  const session = greeted(PATIENT);
  for (const line of ["USER", "USER ", "USER   ", "AUTH PLAIN AAAA AAAA", "AUTH a b c", "STLS x", "CAPA x"]) {
    if (line !== "STLS x") assert.deepEqual(say(session, line), [BAD_ARGUMENT], line);
  }
  assert.deepEqual(say(greeted({ channel: CLEARTEXT }), "STLS x"), [BAD_ARGUMENT]);
  say(session, "USER mrose");
  assert.deepEqual(say(session, "PASS"), [BAD_ARGUMENT]);
});

requirement("P3-S-006", "keywords and mechanism names are read in any case", () => {
  const session = inTransaction();
  assert.deepEqual(say(session, "sTaT"), ["+OK 2 320"]);
  assert.deepEqual(say(session, "list 2"), ["+OK 2 200"]);
  const before = greeted();
  assert.deepEqual(hear(before, "auth plain"), [
    { kind: "sasl-start", mechanism: "PLAIN", initialResponse: undefined },
  ]);
  assert.deepEqual(hear(greeted(), "Auth Scram-Sha-256"), [
    { kind: "sasl-start", mechanism: "SCRAM-SHA-256", initialResponse: undefined },
  ]);
});

requirement("P3-S-013", "trailing spaces are tolerated on every command but PASS", () => {
  const session = inTransaction();
  for (const [line, reply] of [
    ["STAT ", "+OK 2 320"],
    ["LIST 1  ", "+OK 1 120"],
    ["UIDL 2 ", "+OK 2 id-2"],
    ["NOOP   ", "+OK still here"],
    ["DELE 1 ", "+OK message 1 deleted"],
    ["RSET ", "+OK maildrop has 2 messages (320 octets)"],
  ] as const) {
    assert.deepEqual(say(session, line), [reply], line);
  }
  assert.deepEqual(say(session, "LIST "), say(session, "LIST"));
  assert.deepEqual(say(session, "UIDL  "), say(session, "UIDL"));
  assert.deepEqual(say(session, "CAPA "), say(session, "CAPA"));
  assert.deepEqual(say(greeted(), "AUTH "), say(greeted(), "AUTH"));
  assert.deepEqual(hear(session, "RETR 1 "), [{ kind: "retrieve", numbers: [1], bodyLines: undefined }]);
  assert.deepEqual(hear(inTransaction(), "TOP 1 0 "), [{ kind: "retrieve", numbers: [1], bodyLines: 0 }]);
  assert.deepEqual(kindsIn(hear(greeted({ channel: CLEARTEXT }), "STLS ")), ["reply", "start-tls"]);
  assert.deepEqual(kindsIn(hear(greeted(), "QUIT ")), ["reply", "close"]);
  const login = greeted();
  say(login, "USER mrose ");
  assert.deepEqual(hear(login, "PASS secret "), [
    { kind: "check-password", login: octets("mrose"), password: octets("secret ") },
  ]);
});

requirement("P3-S-014", "extra spaces between arguments are tolerated", () => {
  assert.deepEqual(hear(inTransaction(), "TOP 1  0"), [{ kind: "retrieve", numbers: [1], bodyLines: 0 }]);
  assert.deepEqual(hear(inTransaction(), "TOP   2   7"), [{ kind: "retrieve", numbers: [2], bodyLines: 7 }]);
  assert.deepEqual(hear(inTransaction(), "RETR  1"), [{ kind: "retrieve", numbers: [1], bodyLines: undefined }]);
  assert.deepEqual(hear(greeted(), "AUTH  PLAIN  dGVzdA=="), [
    { kind: "sasl-start", mechanism: "PLAIN", initialResponse: octets("test") },
  ]);
});

requirement("P3-S-015", "a control octet anywhere in a command is answered -ERR and never cuts it short", () => {
  for (const control of ["\0", "\x01", "\t", "\r", "\x1b", "\x1f", "\x7f"]) {
    const session = greeted();
    assert.deepEqual(say(session, `USER a${control}b`), [BAD_ARGUMENT]);
    assert.equal(session.pendingLogin, undefined);
    say(session, "USER mrose");
    assert.deepEqual(say(session, `PASS secret${control}`), [BAD_ARGUMENT]);
    assert.equal(session.pendingLogin, undefined);
    assert.deepEqual(say(inTransaction(), `RETR 1${control}2`), [BAD_ARGUMENT]);
    assert.deepEqual(say(inTransaction(), `NOOP${control}`), [BAD_ARGUMENT]);
    assert.deepEqual(say(inTransaction(), `${control}NOOP`), [BAD_ARGUMENT]);
  }
  const session = greeted();
  say(session, "USER mrose");
  say(session, "CAPA\0");
  assert.equal(session.pendingLogin, undefined);
});

requirement("P3-S-016", "no reply repeats what the client sent", () => {
  const marker = "Zq7!\x1b[31m\xe9";
  for (const line of ["", "USER ", "AUTH ", "AUTH PLAIN ", "RETR ", "LIST ", "TOP 1 ", "CAPA ", "QUIT "]) {
    for (const given of [`${line}${marker}`, `${line}Zq7!`, `${line}[IN-USE]`]) {
      for (const session of [greeted(), inTransaction()]) {
        const sent = linesIn(hear(session, given));
        assert.ok(sent.length > 0);
        for (const reply of sent) {
          assert.match(reply, /^(\+OK|-ERR) [ -~]+$/u);
          assert.doesNotMatch(reply, /Zq7|IN-USE/u);
        }
      }
    }
  }
});

requirement("P3-S-005", "a status indicator is always followed by a space and text", () => {
  const sent: string[] = [];
  const collect = (session: ServerSession, line: string): void => {
    sent.push(...linesIn(hear(session, line)).filter((reply) => /^[+-]/u.test(reply)));
  };
  for (const [line] of commands) {
    for (const session of [
      greeted(),
      greeted({ channel: CLEARTEXT }),
      greeted({ channel: LOOPBACK }),
      inTransaction(),
    ]) {
      collect(session, line);
    }
  }
  const leaving = inTransaction();
  hear(leaving, "QUIT");
  sent.push(...linesIn(advanceServer(leaving, { kind: "committed" })));
  assert.ok(sent.length > 40);
  for (const reply of sent) assert.match(reply, /^(\+OK|-ERR) [ -~]*[!-~]$/u);
});

requirement("P3-S-047", "RPOP is refused", () => {
  assert.deepEqual(say(greeted(), "RPOP mrose"), [UNKNOWN]);
});

requirement("P3-S-261", "XTND is refused and not announced", () => {
  for (const kind of ["BBOARDS", "ARCHIVE", "XMIT", "XLST"]) {
    assert.deepEqual(say(inTransaction(), `XTND ${kind}`), [UNKNOWN]);
    assert.deepEqual(say(greeted(), `XTND ${kind}`), [UNKNOWN]);
  }
  for (const session of [greeted(), inTransaction()]) assert.doesNotMatch(say(session, "CAPA").join("\n"), /XTND/u);
});

requirement("P3-S-262", "HELP, XCLIENT, ID and *ENV are refused", () => {
  for (const line of ["HELP", "XCLIENT ADDR=192.0.2.1", 'ID ("name" "x")', "*ENV"]) {
    assert.deepEqual(say(greeted(), line), [UNKNOWN]);
    assert.deepEqual(say(inTransaction(), line), [UNKNOWN]);
  }
});

test("APOP and LAST are unknown as long as they are switched off", () => {
  for (const line of ["APOP mrose c4c9334bac560ecc979e58001b3e22fb", "LAST"]) {
    assert.deepEqual(say(greeted(), line), [UNKNOWN]);
    assert.deepEqual(say(inTransaction(), line), [UNKNOWN]);
  }
});
