import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { advanceServer, type ErrorCode, type ServerSession, type SessionEvent } from "../../src/wire/index.ts";
import { octets } from "./octet-text.ts";
import {
  CLEARTEXT,
  greeted,
  hear,
  inTransaction,
  kindsIn,
  linesIn,
  listingOf,
  say,
  sessionOf,
} from "./session-player.ts";

const STOPPING = "-ERR [SYS/TEMP] server is stopping, try again later\r\n";
const TOO_MANY = "-ERR too many errors, closing";

/** Awaiting each thing there is to await, made by what a client and the world may do. */
const AWAITING: Readonly<Record<string, () => ServerSession>> = {
  nothing: sessionOf,
  line: greeted,
  verdict: () => after(greeted(), "AUTH PLAIN AAAA"),
  "sasl-line": () => {
    const session = after(greeted(), "AUTH PLAIN");
    advanceServer(session, { kind: "challenge", octets: octets("") });
    return session;
  },
  maildrop: () => {
    const session = after(greeted(), "AUTH PLAIN AAAA");
    advanceServer(session, { kind: "accepted" });
    return session;
  },
  sent: () => after(inTransaction(), "RETR 1"),
  commit: () => after(inTransaction(), "QUIT"),
  tls: () => after(greeted({ channel: CLEARTEXT }), "STLS"),
};

function after(session: ServerSession, line: string): ServerSession {
  hear(session, line);
  return session;
}

const maildrop = listingOf(["abc"]);

/** Each event that answers something, and what must be awaited for it. */
const answers: readonly (readonly [event: SessionEvent, awaited: readonly string[]])[] = [
  [{ kind: "connected" }, ["nothing"]],
  [{ kind: "line", octets: octets("CAPA") }, ["line", "sasl-line"]],
  [{ kind: "line-too-long" }, ["line", "sasl-line"]],
  [{ kind: "challenge", octets: octets("") }, ["verdict"]],
  [{ kind: "accepted" }, ["verdict"]],
  [{ kind: "refused", code: "AUTH_FAILED" }, ["verdict"]],
  [{ kind: "maildrop-opened", maildrop }, ["maildrop"]],
  [{ kind: "maildrop-refused", code: "MAILDROP_IN_USE" }, ["maildrop"]],
  [{ kind: "sent" }, ["sent"]],
  [{ kind: "send-failed", code: "STORE_BROKEN" }, ["sent"]],
  [{ kind: "tls-started" }, ["tls"]],
  [{ kind: "committed" }, ["commit"]],
  [{ kind: "commit-failed", code: "NOTHING_REMOVED" }, ["commit"]],
];

test("an event that answers nothing the session asked for is a driver's mistake", () => {
  let refused = 0;
  for (const [event, awaited] of answers) {
    for (const [awaits, make] of Object.entries(AWAITING)) {
      const session = make();
      assert.equal(session.awaits, awaits);
      if (awaited.includes(awaits)) {
        assert.ok(Array.isArray(advanceServer(session, event)));
        continue;
      }
      const message = `event ${event.kind} while the session awaits ${awaits}`;
      assert.throws(() => advanceServer(session, event), { name: "Error", message });
      refused += 1;
    }
  }
  assert.equal(refused, answers.length * 8 - 15);
});

// ---- QUIT

requirement("P3-S-025", "QUIT before login is answered +OK and closes without UPDATE", () => {
  const session = greeted();
  say(session, "USER mrose");
  assert.deepEqual(hear(session, "QUIT"), [
    { kind: "reply", text: "+OK bye\r\n" },
    { kind: "close", reason: "quit" },
  ]);
  assert.deepEqual([session.state, session.awaits], ["closed", "nothing"]);
});

test("QUIT after login removes exactly the marked messages, and is answered when they are gone", () => {
  const session = inTransaction();
  say(session, "DELE 2");
  assert.deepEqual(hear(session, "QUIT"), [{ kind: "commit", marked: new Set([2]) }]);
  assert.deepEqual([session.state, session.awaits], ["update", "commit"]);
  assert.deepEqual(advanceServer(session, { kind: "committed" }), [
    { kind: "reply", text: "+OK bye\r\n" },
    { kind: "close", reason: "quit" },
  ]);
  assert.equal(session.state, "closed");
});

test("a removal that failed is answered -ERR, the maildrop is let go and the connection closed", () => {
  for (const [code, reply] of [
    ["NOTHING_REMOVED", "-ERR [SYS/TEMP] some deleted messages not removed"],
    ["LEASE_LOST", "-ERR [SYS/TEMP] another session took the maildrop over, nothing was removed"],
    ["COMMIT_UNKNOWN", "-ERR [SYS/TEMP] cannot tell whether messages were removed"],
  ] as readonly (readonly [ErrorCode, string])[]) {
    const session = inTransaction();
    say(session, "DELE 1");
    hear(session, "QUIT");
    const effects = advanceServer(session, { kind: "commit-failed", code });
    assert.deepEqual(kindsIn(effects), ["release-maildrop", "reply", "close"]);
    assert.deepEqual(linesIn(effects), [reply]);
    assert.equal(session.state, "closed");
  }
});

// ---- other ends

test("a time-out closes without a word, lets the maildrop go and removes nothing", () => {
  for (const [awaits, make] of Object.entries(AWAITING)) {
    const session = make();
    const holds = session.state === "transaction";
    if (holds) session.marked.add(1);
    const effects = advanceServer(session, { kind: "timeout" });
    assert.deepEqual(
      effects,
      [...(holds ? [{ kind: "release-maildrop" }] : []), { kind: "close", reason: "timeout" }],
      awaits,
    );
    assert.equal(session.state, "closed");
  }
});

test("a lost connection lets the maildrop go and removes nothing", () => {
  for (const [awaits, make] of Object.entries(AWAITING)) {
    const session = make();
    const holds = session.state === "transaction";
    assert.deepEqual(
      advanceServer(session, { kind: "disconnected" }),
      holds ? [{ kind: "release-maildrop" }] : [],
      awaits,
    );
    assert.deepEqual([session.state, session.awaits, session.maildrop], ["closed", "nothing", undefined]);
  }
});

test("an answer that comes after the end does nothing, but a maildrop in it is let go", () => {
  for (const [event] of answers) {
    const session = greeted();
    advanceServer(session, { kind: "disconnected" });
    const holds = event.kind === "maildrop-opened" || event.kind === "commit-failed";
    assert.deepEqual(advanceServer(session, event), holds ? [{ kind: "release-maildrop" }] : [], event.kind);
    assert.equal(session.state, "closed");
  }
  const session = greeted();
  advanceServer(session, { kind: "disconnected" });
  for (const kind of ["stop", "timeout", "disconnected"] as const)
    assert.deepEqual(advanceServer(session, { kind }), []);
});

// ---- too many errors

requirement("P3-S-018", "after 3 bad commands before login and 20 after, one more is answered -ERR and closes", () => {
  for (const [session, tolerated] of [
    [greeted(), 3],
    [inTransaction(), 20],
  ] as const) {
    for (let count = 0; count < tolerated; count += 1) assert.deepEqual(say(session, "FOO"), ["-ERR unknown command"]);
    const effects = hear(session, "FOO");
    assert.deepEqual(linesIn(effects), [TOO_MANY]);
    assert.deepEqual(effects.at(-1), { kind: "close", reason: "bad-commands" });
    assert.equal(session.state, "closed");
    assert.deepEqual(hear(session, "NOOP"), []);
  }
});

test("a good command resets the count of bad ones, and a login does", () => {
  const session = inTransaction();
  for (let round = 0; round < 5; round += 1) {
    for (let count = 0; count < 20; count += 1) say(session, "RETR x");
    assert.equal(say(session, "NOOP")[0], "+OK still here");
  }
  const login = greeted();
  for (const line of ["FOO", "FOO", "FOO", "CAPA", "FOO", "FOO", "FOO"]) say(login, line);
  hear(login, "AUTH PLAIN AAAA");
  assert.equal(login.badCommands, 3);
  advanceServer(login, { kind: "accepted" });
  advanceServer(login, { kind: "maildrop-opened", maildrop });
  assert.equal(login.badCommands, 0);
});

test("exchanges begun and broken off are bad commands", () => {
  const session = greeted();
  for (let count = 0; count < 4; count += 1) {
    hear(session, "AUTH PLAIN");
    advanceServer(session, { kind: "challenge", octets: octets("") });
    assert.deepEqual(linesIn(hear(session, "*")), [count < 3 ? "-ERR authentication cancelled" : TOO_MANY]);
  }
  assert.equal(session.state, "closed");
});

test("lines that are too long are bad commands, and closing after login lets the maildrop go", () => {
  const session = inTransaction();
  for (let count = 0; count < 20; count += 1) {
    assert.deepEqual(linesIn(advanceServer(session, { kind: "line-too-long" })), ["-ERR line too long"]);
  }
  assert.deepEqual(kindsIn(advanceServer(session, { kind: "line-too-long" })), ["release-maildrop", "reply", "close"]);
});

// ---- graceful stop

test("stop closes an idle session without a word", () => {
  assert.deepEqual(advanceServer(sessionOf(), { kind: "stop" }), [{ kind: "close", reason: "stopped" }]);
  assert.deepEqual(advanceServer(greeted(), { kind: "stop" }), [{ kind: "close", reason: "stopped" }]);
  assert.deepEqual(advanceServer(inTransaction(), { kind: "stop" }), [
    { kind: "release-maildrop" },
    { kind: "close", reason: "stopped" },
  ]);
});

test("stop lets a running command finish; a later one is answered [SYS/TEMP] and closes", () => {
  for (const event of [{ kind: "line", octets: octets("QUIT") }, { kind: "line-too-long" }] as const) {
    const session = inTransaction();
    say(session, "DELE 2");
    hear(session, "RETR 1");
    assert.deepEqual(advanceServer(session, { kind: "stop" }), []);
    assert.deepEqual(advanceServer(session, { kind: "sent" }), []);
    assert.deepEqual(advanceServer(session, event), [
      { kind: "release-maildrop" },
      { kind: "reply", text: STOPPING },
      { kind: "close", reason: "stopped" },
    ]);
  }
});

test("stop is said again when the running command is over and nothing is buffered", () => {
  const session = after(inTransaction(), "RETR 1");
  advanceServer(session, { kind: "stop" });
  advanceServer(session, { kind: "sent" });
  assert.deepEqual(advanceServer(session, { kind: "stop" }), [
    { kind: "release-maildrop" },
    { kind: "close", reason: "stopped" },
  ]);
});

test("a session with commands still buffered is not idle", () => {
  const session = inTransaction();
  assert.deepEqual(advanceServer(session, { kind: "stop", linesBuffered: true }), []);
  assert.equal(session.state, "transaction");
  assert.deepEqual(linesIn(hear(session, "NOOP")), [STOPPING.trimEnd()]);
});

test("stop in the middle of a SASL exchange answers it", () => {
  const session = AWAITING["sasl-line"]?.() as ServerSession;
  assert.deepEqual(advanceServer(session, { kind: "stop" }), [
    { kind: "sasl-cancel" },
    { kind: "reply", text: STOPPING },
    { kind: "close", reason: "stopped" },
  ]);
});

test("stop during a login, a removal or a TLS handshake waits for its end", () => {
  for (const awaits of ["verdict", "maildrop", "tls", "commit"]) {
    const session = AWAITING[awaits]?.() as ServerSession;
    assert.deepEqual(advanceServer(session, { kind: "stop" }), [], awaits);
  }
  const removing = AWAITING["commit"]?.() as ServerSession;
  advanceServer(removing, { kind: "stop" });
  assert.deepEqual(linesIn(advanceServer(removing, { kind: "committed" })), ["+OK bye"]);
});
