import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { advanceServer, POP3_COMMANDS, type ServerSession } from "../../src/wire/index.ts";
import {
  CLEARTEXT,
  ENCRYPTED,
  greeted,
  hear,
  inTransaction,
  listingOf,
  LOOPBACK,
  say,
  type World,
} from "./session-player.ts";

const NO_TLS = { encrypted: false, tlsAvailable: false, loopback: false };
const worlds: readonly World[] = [
  { channel: CLEARTEXT },
  { channel: ENCRYPTED },
  { channel: LOOPBACK },
  { channel: NO_TLS },
];

/** The lines between the first one and the dot. */
function capabilities(lines: readonly string[]): readonly string[] {
  assert.match(lines[0] ?? "", /^\+OK /u);
  assert.equal(lines.at(-1), ".");
  return lines.slice(1, -1);
}

const ALL_SASL = "SASL SCRAM-SHA-256-PLUS SCRAM-SHA-256 X-SERVER-FIRST PLAIN LOGIN";
const ALWAYS = ["TOP", "UIDL", "UTF8 USER", "LANG", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING"];

// What is true on each channel, before login and after; by hand from RFC 2449 §6, RFC 2595 §4 and RFC 5034 §3.
const expected: readonly (readonly [
  claim: string,
  world: World,
  before: readonly string[],
  after: readonly string[],
])[] = [
  [
    "cleartext",
    { channel: CLEARTEXT },
    [...ALWAYS, "SASL SCRAM-SHA-256 X-SERVER-FIRST", "STLS"],
    [...ALWAYS, "SASL SCRAM-SHA-256 X-SERVER-FIRST", "IMPLEMENTATION Restante"],
  ],
  [
    "TLS",
    { channel: ENCRYPTED },
    [...ALWAYS, "USER", ALL_SASL],
    [...ALWAYS, "USER", ALL_SASL, "IMPLEMENTATION Restante"],
  ],
  [
    "cleartext over loopback",
    { channel: LOOPBACK },
    [...ALWAYS, "USER", "SASL SCRAM-SHA-256 X-SERVER-FIRST PLAIN LOGIN", "STLS"],
    [...ALWAYS, "USER", "SASL SCRAM-SHA-256 X-SERVER-FIRST PLAIN LOGIN", "IMPLEMENTATION Restante"],
  ],
  [
    "cleartext without a certificate",
    { channel: NO_TLS },
    [...ALWAYS, "SASL SCRAM-SHA-256 X-SERVER-FIRST"],
    [...ALWAYS, "SASL SCRAM-SHA-256 X-SERVER-FIRST", "IMPLEMENTATION Restante"],
  ],
];

for (const [claim, world, before, after] of expected) {
  test(`CAPA over ${claim} says what can be used now`, () => {
    assert.deepEqual(capabilities(say(greeted(world), "CAPA")).toSorted(), before.toSorted());
    assert.deepEqual(capabilities(say(loggedIn(world), "CAPA")).toSorted(), after.toSorted());
  });
}

/** Logged in by SASL, which every channel allows. */
function loggedIn(world: World): ServerSession {
  const session = greeted(world);
  hear(session, "AUTH SCRAM-SHA-256");
  advanceServer(session, { kind: "accepted" });
  advanceServer(session, { kind: "maildrop-opened", maildrop: listingOf([]) });
  return session;
}

test("without a mechanism there is no SASL line", () => {
  const world = { channel: CLEARTEXT, policy: { mechanisms: [] } };
  assert.deepEqual(capabilities(say(greeted(world), "CAPA")).toSorted(), [...ALWAYS, "STLS"].toSorted());
  assert.deepEqual(say(greeted(world), "AUTH"), ["+OK mechanisms follow", "."]);
});

requirement("P3-S-140", "CAPA is multi-line and valid before and after login", () => {
  for (const session of [greeted(), inTransaction()]) {
    const lines = say(session, "CAPA");
    assert.match(lines[0] ?? "", /^\+OK /u);
    assert.equal(lines.at(-1), ".");
    assert.ok(lines.length > 2);
  }
});

requirement("P3-S-141", "what is announced before login is announced after it, STLS excepted", () => {
  for (const world of worlds) {
    const before = capabilities(say(greeted(world), "CAPA")).filter((line) => line !== "STLS");
    const after = capabilities(say(loggedIn(world), "CAPA"));
    assert.deepEqual(
      before.filter((line) => !after.includes(line)),
      [],
    );
    assert.ok(!after.includes("STLS"));
  }
});

requirement("P3-S-142", "SASL stays announced after a login by AUTH", () => {
  const session = greeted();
  hear(session, "AUTH PLAIN AAAA");
  advanceServer(session, { kind: "accepted" });
  advanceServer(session, { kind: "maildrop-opened", maildrop: listingOf([]) });
  assert.ok(capabilities(say(session, "CAPA")).includes(ALL_SASL));
});

requirement("P3-S-143", "TOP and UIDL are announced before and after login", () => {
  for (const session of [greeted(), inTransaction()]) {
    const lines = capabilities(say(session, "CAPA"));
    assert.ok(lines.includes("TOP"));
    assert.ok(lines.includes("UIDL"));
  }
});

requirement("P3-S-144", "USER is announced exactly where USER is accepted", () => {
  for (const world of worlds) {
    const announced = capabilities(say(greeted(world), "CAPA")).includes("USER");
    const accepted = (say(greeted(world), "USER mrose")[0] ?? "").startsWith("+OK");
    assert.equal(announced, accepted);
    assert.equal(announced, world.channel?.encrypted === true || world.channel?.loopback === true);
  }
  const session = greeted({ channel: CLEARTEXT });
  assert.ok(!capabilities(say(session, "CAPA")).includes("USER"));
  hear(session, "STLS");
  advanceServer(session, { kind: "tls-started" });
  assert.ok(capabilities(say(session, "CAPA")).includes("USER"));
});

requirement(
  "P3-S-145",
  "a capability line has at most 512 octets; a mechanism list that is longer is cut between names",
  () => {
    const mechanisms = Array.from({ length: 60 }, (_, index) => ({
      name: `X-MECHANISM-NUMBER-${index + 10}`.slice(-20),
      plaintext: false,
      channelBinding: false,
      serverFirst: false,
    }));
    const world = { policy: { mechanisms, implementation: "x".repeat(1_000) } };
    for (const session of [greeted(world), inTransaction(world)]) {
      for (const line of capabilities(say(session, "CAPA"))) {
        assert.ok(line.length + 2 <= 512, line);
        assert.match(line.split(" ")[0] ?? "", /^[!-\-/-~]+$/u);
      }
      const names =
        capabilities(say(session, "CAPA"))
          .find((line) => line.startsWith("SASL "))
          ?.split(" ")
          .slice(1) ?? [];
      // "SASL", 24 times a space and 20 octets, CRLF: 510; one more would be 531.
      assert.deepEqual(
        names,
        mechanisms.slice(0, 24).map(({ name }) => name),
      );
    }
  },
);

requirement(
  "P3-S-146",
  "a capability line is a tag, or a tag and parameters with single spaces, and needs no stuffing",
  () => {
    for (const world of [...worlds, { policy: { implementation: "" } }]) {
      for (const session of [greeted(world), loggedIn(world)]) {
        for (const line of capabilities(say(session, "CAPA"))) assert.match(line, /^[A-Z0-9-]+( [!-~]+)*$/u);
      }
    }
  },
);

requirement("P3-S-152", "a server that sends [AUTH] supports CAPA and announces AUTH-RESP-CODE", () => {
  for (const world of worlds) assert.ok(capabilities(say(greeted(world), "CAPA")).includes("AUTH-RESP-CODE"));
});

requirement("P3-S-160", "IMPLEMENTATION is told after login only, and has no version", () => {
  assert.doesNotMatch(say(greeted(), "CAPA").join("\n"), /IMPLEMENTATION/u);
  assert.ok(say(inTransaction(), "CAPA").includes("IMPLEMENTATION Restante"));
});

requirement("P3-S-161", "every capability is one of the registered ones", () => {
  // The POP3 capability registry (RFC 2449 §9) with the RFCs since.
  const registered = [
    "TOP",
    "USER",
    "SASL",
    "RESP-CODES",
    "LOGIN-DELAY",
    "PIPELINING",
    "EXPIRE",
    "UIDL",
    "IMPLEMENTATION",
    "STLS",
    "AUTH-RESP-CODE",
    "UTF8",
    "LANG",
  ];
  for (const world of worlds) {
    for (const session of [greeted(world), loggedIn(world)]) {
      for (const line of capabilities(say(session, "CAPA")))
        assert.ok(registered.includes(line.split(" ")[0] ?? ""), line);
    }
  }
});

requirement("P3-S-162", "the tag of an optional command is its keyword", () => {
  const keywords = POP3_COMMANDS.map(({ keyword }) => keyword);
  const announced = capabilities(say(greeted({ channel: LOOPBACK }), "CAPA"));
  for (const tag of ["TOP", "UIDL", "STLS", "USER"]) {
    assert.ok(keywords.includes(tag));
    assert.ok(announced.includes(tag));
  }
});

requirement("P3-S-163", "CAPA with an argument is answered -ERR, and CAPA is the same each time within a state", () => {
  for (const session of [greeted(), inTransaction()]) {
    const first = say(session, "CAPA");
    assert.deepEqual(say(session, "CAPA x"), ["-ERR bad argument"]);
    assert.deepEqual(say(session, "CAPA"), first);
  }
});

requirement("P3-S-170", "STLS is announced only before login, without TLS, and with a certificate", () => {
  const announced = (world: World): boolean => say(greeted(world), "CAPA").includes("STLS");
  assert.equal(announced({ channel: CLEARTEXT }), true);
  assert.equal(announced({ channel: ENCRYPTED }), false);
  assert.equal(announced({ channel: NO_TLS }), false);
  assert.equal(say(inTransaction({ channel: LOOPBACK }), "CAPA").includes("STLS"), false);
  const session = greeted({ channel: CLEARTEXT });
  hear(session, "STLS");
  advanceServer(session, { kind: "tls-started" });
  assert.equal(say(session, "CAPA").includes("STLS"), false);
});
