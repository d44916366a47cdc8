// EXPIRE and LOGIN-DELAY (RFC 2449 §6.5, §6.7), APOP and LAST in the session, without I/O.
import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { advanceServer, nextInRun, type AccountTerms, type SiteTerms } from "../../src/wire/index.ts";
import { octets } from "./octet-text.ts";
import {
  CLEARTEXT,
  greeted,
  hear,
  inTransaction,
  kindsIn,
  listingOf,
  say,
  sessionOf,
  linesIn,
} from "./session-player.ts";

const NOTHING: SiteTerms = {
  expireDays: undefined,
  expireDiffers: false,
  loginDelaySeconds: 0,
  loginDelayDiffers: false,
};

function announced(site: Partial<SiteTerms>, terms?: AccountTerms): readonly string[] {
  const world = { policy: { siteTerms: () => ({ ...NOTHING, ...site }) } };
  const session = terms === undefined ? greeted(world) : loggedIn(world, terms);
  return say(session, "CAPA").filter((line) => /^(?:EXPIRE|LOGIN-DELAY)/u.test(line));
}

function loggedIn(world: Parameters<typeof greeted>[0], terms: AccountTerms) {
  const session = greeted(world);
  for (const line of ["USER mrose", "PASS secret"]) hear(session, line);
  advanceServer(session, { kind: "accepted", terms });
  advanceServer(session, { kind: "maildrop-opened", maildrop: listingOf(["a", "bb", "ccc"]) });
  return session;
}

requirement("P3-S-157", "EXPIRE says the days, NEVER or 0", () => {
  assert.deepEqual(announced({}), ["EXPIRE NEVER"]);
  assert.deepEqual(announced({ expireDays: 30 }), ["EXPIRE 30"]);
  assert.deepEqual(announced({ expireDays: 0 }), ["EXPIRE 0"]);
});

requirement("P3-S-158", "before login EXPIRE says the fewest days and USER, after it the account's own", () => {
  const site = { expireDays: 5, expireDiffers: true };
  assert.deepEqual(announced(site), ["EXPIRE 5 USER"]);
  assert.deepEqual(announced(site, { expireDays: 30, loginDelaySeconds: 0 }), ["EXPIRE 30"]);
  assert.deepEqual(announced(site, { expireDays: undefined, loginDelaySeconds: 0 }), ["EXPIRE NEVER"]);
});

requirement(
  ["P3-S-061", "P3-S-062"],
  "before login LOGIN-DELAY says the longest and USER, after it the account's own",
  () => {
    const delays = (site: Partial<SiteTerms>, terms?: AccountTerms) => announced(site, terms).slice(1);
    const site = { loginDelaySeconds: 900, loginDelayDiffers: true };
    assert.deepEqual(delays(site), ["LOGIN-DELAY 900 USER"]);
    assert.deepEqual(delays(site, { expireDays: undefined, loginDelaySeconds: 60 }), ["LOGIN-DELAY 60"]);
    // RFC 2449 §5: what is announced before login is announced after it.
    assert.deepEqual(delays(site, { expireDays: undefined, loginDelaySeconds: 0 }), ["LOGIN-DELAY 0"]);
    assert.deepEqual(delays({ loginDelaySeconds: 60 }), ["LOGIN-DELAY 60"]);
    assert.deepEqual(delays({}), []);
  },
);

test("an account may have terms where the site announces none", () => {
  const session = loggedIn({}, { expireDays: 3, loginDelaySeconds: 10 });
  const lines = say(session, "CAPA");
  assert.ok(lines.includes("EXPIRE 3") && lines.includes("LOGIN-DELAY 10"));
  const undelayed = say(loggedIn({}, { expireDays: 3, loginDelaySeconds: 0 }), "CAPA");
  assert.ok(!undelayed.some((line) => line.startsWith("LOGIN-DELAY")));
});

requirement(
  ["P3-S-058", "P3-S-060"],
  "a login that comes too early is refused [LOGIN-DELAY] and is no failed one",
  () => {
    const session = greeted();
    for (const line of ["USER mrose", "PASS secret"]) hear(session, line);
    const effects = advanceServer(session, { kind: "refused", code: "LOGIN_DELAY" });
    assert.match(linesIn(effects).join(), /^-ERR \[LOGIN-DELAY\] [^[]+$/u);
    assert.equal(session.failedLogins, 0);
  },
);

const EXPIRE_0 = { expireDays: 0, loginDelaySeconds: 0 };

requirement(["P3-S-137", "P3-S-159"], "EXPIRE 0 removes at QUIT what RETR sent whole, and what DELE marked", () => {
  const session = loggedIn({}, EXPIRE_0);
  hear(session, "RETR 1");
  advanceServer(session, { kind: "sent" });
  hear(session, "TOP 2 0");
  advanceServer(session, { kind: "sent" });
  hear(session, "RETR 2");
  advanceServer(session, { kind: "send-failed", code: "STORE_UNAVAILABLE" });
  say(session, "DELE 3");
  assert.equal(nextInRun(session, octets("RETR 2")), undefined);
  assert.deepEqual(hear(session, "QUIT"), [{ kind: "commit", marked: new Set([3, 1]) }]);
});

requirement(["P3-S-114", "P3-S-118", "P3-S-159"], "TOP retrieves nothing for EXPIRE 0, and RSET takes it back", () => {
  const session = loggedIn({}, EXPIRE_0);
  for (const line of ["TOP 1 99", "RETR 2"]) {
    hear(session, line);
    advanceServer(session, { kind: "sent" });
  }
  say(session, "RSET");
  assert.deepEqual(hear(session, "QUIT"), [{ kind: "commit", marked: new Set() }]);
});

requirement("P3-S-114", "where LAST is spoken every RETR is a command of its own, and TOP does not count", () => {
  const session = inTransaction({ policy: { speaksLast: true } });
  assert.equal(nextInRun(session, octets("RETR 2")), undefined);
  hear(session, "TOP 2 0");
  advanceServer(session, { kind: "sent" });
  assert.deepEqual(say(session, "LAST"), ["+OK 0"]);
});

const STAMP = "<1896.697170952@dbc.mtview.ca.us>";
const APOP_ON = { policy: { makeTimestamp: () => STAMP } };
const DIGEST = "c4c9334bac560ecc979e58001b3e22fb";

requirement("P3-S-038", "with APOP the greeting ends with its timestamp", () => {
  const session = sessionOf({ policy: { ...APOP_ON.policy, greeting: "+OK ready\r\n" } });
  assert.deepEqual(linesIn(advanceServer(session, { kind: "connected" })), [`+OK ready ${STAMP}`]);
});

requirement("P3-S-041", "a digest that is not 32 lower-case hex digits is a bad argument, and no check", () => {
  for (const rest of [
    "",
    " mrose",
    ` ${DIGEST}`,
    " mrose c4c9",
    ` mrose ${DIGEST.toUpperCase()}`,
    ` mrose ${DIGEST}0`,
  ]) {
    assert.deepEqual(say(greeted(APOP_ON), `APOP${rest}`), ["-ERR bad argument"], rest);
  }
});

test("APOP's name may hold spaces, the digest stands behind the last", () => {
  assert.deepEqual(hear(greeted(APOP_ON), `APOP m rose ${DIGEST}`), [
    { kind: "check-digest", login: octets("m rose"), timestamp: STAMP, digest: DIGEST },
  ]);
});

requirement("P3-S-176", "after STLS the greeting's timestamp is good for nothing", () => {
  const session = greeted({ ...APOP_ON, channel: CLEARTEXT });
  hear(session, "STLS");
  advanceServer(session, { kind: "tls-started" });
  assert.deepEqual(say(session, `APOP mrose ${DIGEST}`), ["-ERR unknown command"]);
  assert.deepEqual(kindsIn(hear(greeted(APOP_ON), `APOP mrose ${DIGEST}`)), ["check-digest"]);
});
