import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import {
  advanceServer,
  errorReply,
  ERRORS,
  lineOctetsMax,
  type ErrorCode,
  type ServerSession,
} from "../../src/wire/index.ts";
import { octets, text } from "./octet-text.ts";
import {
  CLEARTEXT,
  ENCRYPTED,
  greeted,
  hear,
  inTransaction,
  kindsIn,
  linesIn,
  listingOf,
  LOOPBACK,
  repliesIn,
  say,
  sessionOf,
} from "./session-player.ts";

const AUTH_REPLY = "-ERR [AUTH] login refused: check name and password";
const WRONG_STATE = "-ERR not allowed in this state";
const REFUSED = { kind: "refused", code: "AUTH_FAILED" } as const;

function refuse(session: ServerSession, code: ErrorCode = "AUTH_FAILED"): readonly string[] {
  return repliesIn(advanceServer(session, { kind: "refused", code }));
}

requirement(
  ["P3-S-002", "P3-S-043"],
  "the greeting is one positive line without an APOP timestamp, and CAPA has no APOP",
  () => {
    const session = sessionOf();
    assert.deepEqual(advanceServer(session, { kind: "connected" }), [{ kind: "reply", text: "+OK POP3 ready\r\n" }]);
    assert.equal(session.state, "authorization");
    assert.doesNotMatch(say(session, "CAPA").join("\n"), /APOP/u);
  },
);

test("a greeting of one's own takes the place of ours", () => {
  const session = sessionOf({ policy: { greeting: "+OK example.org\r\n" } });
  assert.deepEqual(repliesIn(advanceServer(session, { kind: "connected" })), ["+OK example.org"]);
});

test("USER and PASS open the maildrop of RFC 1939 §10", () => {
  const session = greeted();
  assert.deepEqual(say(session, "USER mrose"), ["+OK send the password"]);
  assert.deepEqual(hear(session, "PASS secret"), [
    { kind: "check-password", login: octets("mrose"), password: octets("secret") },
  ]);
  assert.equal(session.awaits, "verdict");
  assert.deepEqual(advanceServer(session, { kind: "accepted" }), [{ kind: "open-maildrop", surrogates: true }]);
  assert.equal(session.state, "authorization");
  const maildrop = listingOf(["a".repeat(120), "b".repeat(200)]);
  assert.deepEqual(repliesIn(advanceServer(session, { kind: "maildrop-opened", maildrop })), [
    "+OK maildrop has 2 messages (320 octets)",
  ]);
  assert.deepEqual([session.state, session.awaits], ["transaction", "line"]);
});

test("a maildrop of one message is told in the singular", () => {
  const session = inTransaction({ messages: ["x".repeat(7)] });
  assert.deepEqual(say(session, "RSET"), ["+OK maildrop has 1 message (7 octets)"]);
});

requirement("P3-S-031", "USER is allowed only before login, also after a failed USER and PASS", () => {
  const session = greeted();
  assert.match(say(session, "USER mrose")[0] ?? "", /^\+OK /u);
  assert.match(say(session, "USER other")[0] ?? "", /^\+OK /u);
  hear(session, "PASS wrong");
  refuse(session);
  assert.match(say(session, "USER mrose")[0] ?? "", /^\+OK /u);
  assert.deepEqual(say(inTransaction(), "USER mrose"), [WRONG_STATE]);
});

requirement("P3-S-032", "PASS is taken only right after an accepted USER, once", () => {
  const session = greeted();
  assert.deepEqual(say(session, "PASS secret"), [WRONG_STATE]);
  say(session, "USER mrose");
  assert.deepEqual(kindsIn(hear(session, "PASS bad")), ["check-password"]);
  assert.deepEqual(refuse(session), [AUTH_REPLY]);
  assert.deepEqual(say(session, "PASS secret"), [WRONG_STATE]);
});

requirement("P3-S-033", "CAPA between USER and PASS keeps the login, anything else clears it", () => {
  const kept = greeted();
  for (const line of ["USER mrose", "CAPA", "CAPA x", "CAPA"]) say(kept, line);
  assert.deepEqual(kindsIn(hear(kept, "PASS secret")), ["check-password"]);
  for (const line of ["AUTH X", "AUTH", "NOOP", "STAT", "FOO", "", "USER", "STLS", "LIST 1", "QUIT x"]) {
    const session = greeted();
    say(session, "USER mrose");
    say(session, line);
    assert.deepEqual(say(session, "PASS secret"), [WRONG_STATE], line);
  }
  const tooLong = greeted();
  say(tooLong, "USER mrose");
  assert.deepEqual(repliesIn(advanceServer(tooLong, { kind: "line-too-long" })), ["-ERR line too long"]);
  assert.deepEqual(say(tooLong, "PASS secret"), [WRONG_STATE]);
});

requirement("P3-S-034", "USER is answered with the same octets whatever the name", () => {
  const names = ["mrose", "nobody", "x".repeat(240), "jos\xc3\xa9", "[IN-USE]", "a b"];
  const answers = new Set(names.map((name) => say(greeted(), `USER ${name}`).join("|")));
  assert.deepEqual([...answers], ["+OK send the password"]);
});

requirement("P3-S-035", "the password is the whole rest of the line, spaces included", () => {
  for (const password of [" a  b ", " ", "", "  ", "with space", "\xc3\xa9"]) {
    const session = greeted();
    say(session, "USER mrose");
    assert.deepEqual(hear(session, `PASS ${password}`), [
      { kind: "check-password", login: octets("mrose"), password: octets(password) },
    ]);
  }
});

test("a login name passes with its UTF-8 octets and inner spaces, and outlives the line it came in", () => {
  const session = greeted();
  const line = octets("USER  jos\xc3\xa9 rose ");
  advanceServer(session, { kind: "line", octets: line });
  line.fill(0);
  const [effect] = hear(session, "PASS x");
  assert.equal(effect?.kind === "check-password" && text(effect.login), "jos\xc3\xa9 rose");
});

requirement("P3-S-007", "a command of 255 octets is taken", () => {
  const session = greeted();
  const line = `USER ${"x".repeat(248)}`;
  assert.ok(lineOctetsMax(session, octets(line)) >= line.length + 2);
  assert.deepEqual(say(session, line), ["+OK send the password"]);
});

requirement("P3-S-051", "IN-USE is told only to who gave the right credentials", () => {
  const wrong = greeted();
  say(wrong, "USER mrose");
  hear(wrong, "PASS wrong");
  assert.deepEqual(refuse(wrong), [AUTH_REPLY]);
  const right = greeted();
  say(right, "USER mrose");
  hear(right, "PASS secret");
  advanceServer(right, { kind: "accepted" });
  assert.deepEqual(repliesIn(advanceServer(right, { kind: "maildrop-refused", code: "MAILDROP_IN_USE" })), [
    "-ERR [IN-USE] maildrop is locked by another session",
  ]);
  assert.deepEqual([right.state, right.awaits, right.maildrop], ["authorization", "line", undefined]);
  assert.equal(right.failedLogins, 0);
});

test("a maildrop that cannot be read refuses the login, and is never an empty one", () => {
  for (const [code, reply] of [
    ["STORE_UNAVAILABLE", "-ERR [SYS/TEMP] mail is not available now, try again later"],
    ["STORE_BROKEN", "-ERR [SYS/PERM] this maildrop needs its operator"],
  ] as const) {
    const session = greeted();
    say(session, "USER mrose");
    hear(session, "PASS secret");
    advanceServer(session, { kind: "accepted" });
    assert.deepEqual(repliesIn(advanceServer(session, { kind: "maildrop-refused", code })), [reply]);
    assert.deepEqual(say(session, "STAT"), [WRONG_STATE]);
  }
});

requirement("P3-S-150", "[AUTH] is not sent on USER", () => {
  for (const session of [greeted(), greeted({ channel: CLEARTEXT }), inTransaction()]) {
    for (const line of ["USER mrose", "USER", "USER a\0"]) {
      assert.doesNotMatch(linesIn(hear(session, line)).join("\n"), /\[AUTH\]/u);
    }
  }
});

requirement("P3-S-149", "every refusal of credentials carries [AUTH], and an outage does not", () => {
  for (const line of ["PASS wrong", "AUTH PLAIN AAAA"]) {
    for (const [code, expected] of [
      ["AUTH_FAILED", /^-ERR \[AUTH\] /u],
      ["SASL_MALFORMED", /^-ERR \[AUTH\] /u],
      ["AUTH_UNAVAILABLE", /^-ERR \[SYS\/TEMP\] /u],
    ] as const) {
      const session = greeted();
      say(session, "USER mrose");
      hear(session, line);
      assert.match(refuse(session, code)[0] ?? "", expected);
    }
  }
  const carrying = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => errorReply(code).includes("[AUTH]"));
  assert.deepEqual(carrying.toSorted(), ["AUTH_FAILED", "SASL_MALFORMED"]);
  const third = greeted();
  for (let count = 0; count < 3; count += 1) {
    hear(third, "AUTH PLAIN AAAA");
    assert.equal(linesIn(advanceServer(third, REFUSED))[0], AUTH_REPLY);
  }
});

test("the third failed login closes the connection, whichever way it was tried", () => {
  const session = greeted();
  say(session, "USER mrose");
  hear(session, "PASS one");
  assert.deepEqual(refuse(session), [AUTH_REPLY]);
  say(session, "CAPA");
  hear(session, "AUTH PLAIN AAAA");
  assert.deepEqual(refuse(session, "SASL_MALFORMED"), ["-ERR [AUTH] malformed SASL response"]);
  hear(session, "AUTH SCRAM-SHA-256");
  assert.deepEqual(advanceServer(session, REFUSED), [
    { kind: "reply", text: `${AUTH_REPLY}\r\n` },
    { kind: "close", reason: "failed-logins" },
  ]);
  assert.equal(session.state, "closed");
});

test("an outage of the password check is not held against the peer", () => {
  const session = greeted();
  for (let count = 0; count < 10; count += 1) {
    hear(session, "AUTH PLAIN AAAA");
    assert.deepEqual(refuse(session, "AUTH_UNAVAILABLE"), [
      "-ERR [SYS/TEMP] cannot check passwords now, try again later",
    ]);
  }
  assert.deepEqual([session.failedLogins, session.state], [0, "authorization"]);
});

requirement(
  "P3-S-177",
  "without TLS no password may be sent, and no way to send one is offered, but from loopback",
  () => {
    const session = greeted({ channel: CLEARTEXT, policy: { badCommandsMax: { authorization: 99, transaction: 99 } } });
    const announced = say(session, "CAPA");
    assert.ok(!announced.includes("USER"));
    assert.deepEqual(
      announced.filter((line) => line.startsWith("SASL")),
      ["SASL SCRAM-SHA-256 X-SERVER-FIRST"],
    );
    for (const line of ["USER mrose", "PASS secret", "AUTH PLAIN", "AUTH PLAIN dGVzdAB0ZXN0AHRlc3Q=", "AUTH LOGIN"]) {
      assert.deepEqual(say(session, line), ["-ERR start TLS first: this would show the password"], line);
      assert.deepEqual([session.state, session.pendingLogin], ["authorization", undefined]);
    }
    assert.deepEqual(kindsIn(hear(session, "AUTH SCRAM-SHA-256")), ["sasl-start"]);
    for (const channel of [LOOPBACK, ENCRYPTED]) {
      assert.match(say(greeted({ channel }), "USER mrose")[0] ?? "", /^\+OK /u);
      assert.deepEqual(kindsIn(hear(greeted({ channel }), "AUTH PLAIN")), ["sasl-start"]);
    }
  },
);

// ---- SASL

requirement("P3-S-200", "AUTH is allowed only before login", () => {
  for (const line of ["AUTH", "AUTH PLAIN", "AUTH PLAIN AAAA"])
    assert.deepEqual(say(inTransaction(), line), [WRONG_STATE]);
});

requirement("P3-S-201", "an unknown mechanism is answered -ERR and the session goes on", () => {
  const session = greeted();
  assert.deepEqual(say(session, "AUTH FOO"), ["-ERR unknown SASL mechanism"]);
  assert.match(say(session, "USER mrose")[0] ?? "", /^\+OK /u);
});

test("a mechanism bound to TLS is unknown without TLS", () => {
  assert.deepEqual(say(greeted({ channel: LOOPBACK }), "AUTH SCRAM-SHA-256-PLUS"), ["-ERR unknown SASL mechanism"]);
  assert.deepEqual(kindsIn(hear(greeted({ channel: ENCRYPTED }), "AUTH SCRAM-SHA-256-PLUS")), ["sasl-start"]);
});

requirement("P3-S-202", "a challenge line is + and a space and base64, also when it is empty", () => {
  const session = greeted();
  hear(session, "AUTH PLAIN");
  assert.deepEqual(advanceServer(session, { kind: "challenge", octets: octets("") }), [
    { kind: "reply", text: "+ \r\n" },
  ]);
  hear(session, "");
  assert.deepEqual(advanceServer(session, { kind: "challenge", octets: octets("Username:") }), [
    { kind: "reply", text: "+ VXNlcm5hbWU6\r\n" },
  ]);
});

requirement("P3-S-203", "a line of one asterisk cancels the exchange at every step", () => {
  for (const mechanism of ["PLAIN", "LOGIN", "SCRAM-SHA-256", "X-SERVER-FIRST"]) {
    for (const steps of [1, 2, 3]) {
      const session = greeted();
      hear(session, `AUTH ${mechanism}`);
      for (let step = 1; step <= steps; step += 1) {
        advanceServer(session, { kind: "challenge", octets: octets("more") });
        if (step < steps) assert.deepEqual(kindsIn(hear(session, "AAAA")), ["sasl-response"]);
      }
      const effects = hear(session, "*");
      assert.deepEqual(kindsIn(effects), ["sasl-cancel", "reply"]);
      assert.deepEqual(linesIn(effects), ["-ERR authentication cancelled"]);
      assert.deepEqual([session.state, session.awaits, session.failedLogins], ["authorization", "line", 0]);
      assert.match(say(session, "USER mrose")[0] ?? "", /^\+OK /u);
    }
  }
});

requirement("P3-S-204", "an initial response is taken as second argument", () => {
  assert.deepEqual(hear(greeted(), "AUTH PLAIN dGVzdAB0ZXN0AHRlc3Q="), [
    { kind: "sasl-start", mechanism: "PLAIN", initialResponse: octets("test\0test\0test") },
  ]);
});

requirement("P3-S-205", "= alone is an empty initial response, which is not the same as none", () => {
  assert.deepEqual(hear(greeted(), "AUTH PLAIN ="), [
    { kind: "sasl-start", mechanism: "PLAIN", initialResponse: octets("") },
  ]);
  assert.deepEqual(hear(greeted(), "AUTH PLAIN"), [
    { kind: "sasl-start", mechanism: "PLAIN", initialResponse: undefined },
  ]);
});

requirement("P3-S-207", "an initial response to a mechanism in which the server speaks first is answered -ERR", () => {
  for (const initial of ["Zm9v", "="]) {
    assert.deepEqual(say(greeted(), `AUTH X-SERVER-FIRST ${initial}`), ["-ERR bad argument"]);
  }
  assert.deepEqual(kindsIn(hear(greeted(), "AUTH X-SERVER-FIRST")), ["sasl-start"]);
});

requirement("P3-S-208", "what is not strict base64 is answered -ERR, as initial response and in the exchange", () => {
  for (const bad of ["=AAA", "AAA=BBB", "AA-_", "A", "AAAA=", "Zh==", "AAA\xff"]) {
    const session = greeted();
    assert.deepEqual(say(session, `AUTH PLAIN ${bad}`), ["-ERR response is not base64"], bad);
    assert.deepEqual([session.state, session.awaits], ["authorization", "line"]);
  }
  assert.match(say(greeted(), "AUTH PLAIN AA A=")[0] ?? "", /^-ERR /u);
  for (const bad of ["=AAA", "AAA=BBB", "AA A=", "AA-_", "A", "=", "AAAA ", " ", "**", "Zh==", "A\0==", "QUIT "]) {
    const session = greeted();
    hear(session, "AUTH PLAIN");
    advanceServer(session, { kind: "challenge", octets: octets("") });
    const effects = hear(session, bad);
    assert.deepEqual(kindsIn(effects), ["sasl-cancel", "reply"], bad);
    assert.deepEqual(linesIn(effects), ["-ERR response is not base64"], bad);
    assert.deepEqual([session.state, session.awaits], ["authorization", "line"]);
  }
});

requirement("P3-S-209", "a response line of an exchange may be as long as a token of 40,000 octets makes it", () => {
  const session = greeted();
  hear(session, "AUTH PLAIN");
  advanceServer(session, { kind: "challenge", octets: octets("") });
  const response = `${"QUJD".repeat(13_334)}`;
  assert.ok(lineOctetsMax(session, octets(response)) >= response.length + 2);
  const [effect] = hear(session, response);
  assert.equal(effect?.kind === "sasl-response" && effect.octets.length, 40_002);
});

requirement("P3-S-210", "an initial response of more than 255 octets is taken", () => {
  const session = greeted();
  const line = `auth plain ${"QUJD".repeat(1_024)}`;
  assert.ok(lineOctetsMax(session, octets(line)) >= line.length + 2);
  const [effect] = hear(session, line);
  assert.equal(effect?.kind === "sasl-start" && effect.initialResponse?.length, 3_072);
});

test("a response line over its limit ends the exchange", () => {
  const session = greeted();
  hear(session, "AUTH PLAIN");
  advanceServer(session, { kind: "challenge", octets: octets("") });
  const effects = advanceServer(session, { kind: "line-too-long" });
  assert.deepEqual(kindsIn(effects), ["sasl-cancel", "reply"]);
  assert.deepEqual(linesIn(effects), ["-ERR line too long"]);
  assert.equal(session.awaits, "line");
});

requirement("P3-S-211", "after a failed AUTH the session is as if it had not been sent", () => {
  const session = greeted();
  say(session, "USER a");
  hear(session, "AUTH PLAIN AAAA");
  refuse(session);
  assert.deepEqual([session.state, session.awaits, session.pendingLogin], ["authorization", "line", undefined]);
  say(session, "USER mrose");
  assert.deepEqual(kindsIn(hear(session, "PASS secret")), ["check-password"]);
  advanceServer(session, { kind: "accepted" });
  const opened = advanceServer(session, { kind: "maildrop-opened", maildrop: listingOf([]) });
  assert.deepEqual(repliesIn(opened), ["+OK maildrop has 0 messages (0 octets)"]);
});

test("a mechanism's last data goes out as a challenge, whose answer is an empty line", () => {
  const session = greeted();
  hear(session, "AUTH SCRAM-SHA-256 AAAA");
  assert.deepEqual(
    linesIn(advanceServer(session, { kind: "challenge", octets: octets("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=") })),
    ["+ dj1ybUY5cHFWOFM3c3VBb1pXamE0ZEpSa0ZzS1E9"],
  );
  assert.deepEqual(hear(session, ""), [{ kind: "sasl-response", octets: octets("") }]);
  assert.deepEqual(kindsIn(advanceServer(session, { kind: "accepted" })), ["open-maildrop"]);
});

requirement("P3-S-229", "AUTH without a mechanism lists them one per line", () => {
  const expected = [
    "+OK mechanisms follow",
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-256",
    "X-SERVER-FIRST",
    "PLAIN",
    "LOGIN",
    ".",
  ];
  assert.deepEqual(say(greeted(), "AUTH"), expected);
  assert.deepEqual(say(greeted(), "AUTH  "), expected);
  assert.deepEqual(say(greeted({ channel: CLEARTEXT }), "AUTH"), [
    "+OK mechanisms follow",
    "SCRAM-SHA-256",
    "X-SERVER-FIRST",
    ".",
  ]);
});

requirement("P3-S-231", "a mechanism name has 1 to 20 letters, digits, hyphens and underscores", () => {
  for (const name of ["x*y", "PLAIN\xe9", "PLA.IN", "A".repeat(21), "PLA\xdfN", "[AUTH]"]) {
    assert.deepEqual(say(greeted(), `AUTH ${name}`), ["-ERR bad argument"], name);
  }
  assert.deepEqual(say(greeted(), `AUTH ${"A".repeat(20)}`), ["-ERR unknown SASL mechanism"]);
});

// ---- STLS

test("STLS is answered +OK, then TLS starts, and no greeting follows", () => {
  const session = greeted({ channel: CLEARTEXT });
  assert.deepEqual(hear(session, "STLS"), [{ kind: "reply", text: "+OK begin TLS now\r\n" }, { kind: "start-tls" }]);
  assert.equal(session.awaits, "tls");
  assert.deepEqual(advanceServer(session, { kind: "tls-started" }), []);
  assert.deepEqual([session.state, session.awaits, session.channel], ["authorization", "line", ENCRYPTED]);
});

requirement("P3-S-172", "STLS with TLS active is answered -ERR", () => {
  assert.deepEqual(say(greeted({ channel: ENCRYPTED }), "STLS"), ["-ERR TLS is active already"]);
  const session = greeted({ channel: CLEARTEXT });
  hear(session, "STLS");
  advanceServer(session, { kind: "tls-started" });
  assert.deepEqual(say(session, "STLS"), ["-ERR TLS is active already"]);
});

requirement("P3-S-173", "STLS after login is answered -ERR", () => {
  assert.deepEqual(say(inTransaction({ channel: LOOPBACK }), "STLS"), [WRONG_STATE]);
  assert.deepEqual(say(inTransaction(), "STLS"), [WRONG_STATE]);
});

test("STLS without a certificate is answered -ERR", () => {
  const session = greeted({ channel: { ...CLEARTEXT, tlsAvailable: false } });
  assert.deepEqual(say(session, "STLS"), ["-ERR TLS is not available here"]);
});

requirement("P3-S-175", "after STLS what the client said before is forgotten, but failures still count", () => {
  const session = greeted({ channel: LOOPBACK });
  hear(session, "AUTH PLAIN AAAA");
  refuse(session);
  say(session, "FOO");
  say(session, "USER x");
  say(session, "FOO");
  say(session, "USER x");
  hear(session, "STLS");
  advanceServer(session, { kind: "tls-started" });
  assert.deepEqual([session.pendingLogin, session.failedLogins, session.state], [undefined, 1, "authorization"]);
  assert.deepEqual(say(session, "PASS y"), [WRONG_STATE]);
});
