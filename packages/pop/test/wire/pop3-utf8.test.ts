// UTF8 and LANG (RFC 6856), without I/O.
import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import {
  advanceServer,
  ERRORS,
  LANGUAGES,
  nextInRun,
  type Language,
  type MaildropListing,
  type ServerSession,
} from "../../src/wire/index.ts";
import { octets } from "./octet-text.ts";
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
  say,
} from "./session-player.ts";

const GERMAN = LANGUAGES.find(({ tag }) => tag === "de") as Language;

/** The second of three messages is internationalised. */
const MAILDROP: MaildropListing = { ...listingOf(["a", "bb", "ccc"]), isSurrogate: (n) => n === 2 };
const REFUSING = { policy: { internationalised: "refuse" }, maildrop: MAILDROP } as const;

/** What opens the maildrop. */
function opening(session: ServerSession): unknown {
  for (const line of ["USER mrose", "PASS secret"]) hear(session, line);
  return advanceServer(session, { kind: "accepted" });
}

requirement("P3-S-240", "UTF8 USER and LANG are announced before login and after", () => {
  for (const session of [greeted(), inTransaction()]) {
    const lines = say(session, "CAPA");
    assert.ok(lines.includes("UTF8 USER") && lines.includes("LANG"), lines.join());
  }
});

requirement("P3-S-242", "without UTF8 the maildrop is opened with surrogates, with it as it is", () => {
  assert.deepEqual(opening(greeted()), [{ kind: "open-maildrop", surrogates: true }]);
  const utf8 = greeted();
  assert.match(say(utf8, "UTF8").join(), /^\+OK /u);
  assert.deepEqual(opening(utf8), [{ kind: "open-maildrop" }]);
  assert.deepEqual(opening(greeted({ policy: { internationalised: "as-is" } })), [{ kind: "open-maildrop" }]);
});

requirement(
  ["P3-S-242", "P3-S-244"],
  "where surrogates are refused, [UTF8] answers LIST, TOP and RETR of such a message and nothing else",
  () => {
    const session = inTransaction(REFUSING);
    const refusal = "-ERR [UTF8] this message is shown after UTF8 only";
    for (const line of ["LIST 2", "TOP 2 0", "RETR 2"]) assert.deepEqual(say(session, line), [refusal], line);
    for (const line of ["STAT", "UIDL", "UIDL 2", "LIST", "LIST 1", "DELE 2", "NOOP"]) {
      assert.match(say(session, line)[0] ?? "", /^\+OK/u, line);
    }
    assert.deepEqual(kindsIn(hear(session, "RETR 3")), ["retrieve"]);
  },
);

test("a message that is refused joins no run of RETRs", () => {
  const session = inTransaction(REFUSING);
  assert.equal(nextInRun(session, octets("RETR 2")), undefined);
  assert.equal(nextInRun(session, octets("RETR 3")), 3);
  // A listing that knows nothing of surrogates has none.
  assert.equal(nextInRun(inTransaction({ policy: REFUSING.policy }), octets("RETR 2")), 2);
});

requirement("P3-S-189", "STLS behind UTF8 is refused", () => {
  const session = greeted({ channel: CLEARTEXT });
  say(session, "UTF8");
  assert.deepEqual(say(session, "STLS"), ["-ERR not allowed after UTF8"]);
});

requirement("P3-S-175", "TLS forgets the language that was chosen in cleartext", () => {
  const session = greeted({ channel: LOOPBACK });
  say(session, "LANG de");
  hear(session, "STLS");
  advanceServer(session, { kind: "tls-started" });
  assert.deepEqual(say(session, "FOO"), ["-ERR unknown command"]);
});

requirement("P3-S-250", "names and passwords in UTF-8 are taken before UTF8", () => {
  const session = greeted();
  assert.match(say(session, "USER jos\xc3\xa9").join(), /^\+OK/u);
  assert.deepEqual(hear(session, "PASS gr\xc3\xbcn"), [
    { kind: "check-password", login: octets("jos\xc3\xa9"), password: octets("gr\xc3\xbcn") },
  ]);
  assert.deepEqual(say(greeted(), "USER a\x07"), ["-ERR bad argument"]);
});

requirement(
  "P3-S-256",
  "a range finds the language of its first subtags, in any case, and no other (RFC 4647 §3.4)",
  () => {
    const tags: readonly (readonly [range: string, tag: string | undefined])[] = [
      ["de", "de"],
      ["DE-at", "de"],
      ["de-Latn-DE-1996", "de"],
      ["en-US", "en"],
      ["d", undefined],
      ["den", undefined],
      ["fr", undefined],
    ];
    for (const [range, tag] of tags) {
      const [answer = ""] = say(greeted(), `LANG ${range}`);
      assert.match(answer, tag === undefined ? /^-ERR this language/u : new RegExp(`^\\+OK ${tag} .`, "u"), range);
    }
    for (const range of ["*-de", "de-", "-", "deutschland", "de--at"]) {
      assert.deepEqual(say(greeted(), `LANG ${range}`), ["-ERR bad argument"], range);
    }
    assert.deepEqual(say(greeted(), "LANG de en"), ["-ERR bad argument"]);
  },
);

requirement(["P3-S-254", "P3-S-255"], "LANG * is the operator's choice, and nobody's name changes a language", () => {
  const session = greeted({ policy: { language: GERMAN } });
  assert.deepEqual(say(session, "USER mrose"), ["+OK send the password"]);
  assert.match(say(session, "LANG *").join(), /^\+OK de /u);
  assert.match(say(session, "LANG en").join(), /^\+OK en /u);
  assert.deepEqual(say(session, "USER mrose"), ["+OK send the password"]);
  assert.match(say(greeted(), "LANG *").join(), /^\+OK en /u);
});

requirement("P3-S-257", "what is said before LANG is ASCII, behind it UTF-8", () => {
  const before = greeted({ policy: { language: GERMAN }, channel: ENCRYPTED });
  for (const line of ["CAPA", "LANG", "UTF8", "USER a", "PASS", "FOO"]) {
    assert.match(linesIn(hear(before, line)).join(), /^[\x20-\x7e]*$/u, line);
  }
  const session = inTransaction();
  say(session, "LANG de");
  assert.deepEqual(say(session, "DELE 1"), ["+OK Nachricht 1 gel\xc3\xb6scht"]);
});

test("every text of every language fits its line and begins with no bracket", () => {
  for (const { tag, errors, texts } of LANGUAGES) {
    const said = [
      ...Object.values(errors),
      ...Object.values(texts).map((text) => (typeof text === "string" ? text : text(1, 2))),
    ];
    assert.equal(Object.keys(errors).length, Object.keys(ERRORS).length);
    for (const text of said) {
      assert.match(text, /^[^[\p{Cc}]+$/u, `${tag}: ${text}`);
      assert.ok(Buffer.byteLength(text) < 400, text);
    }
    // fetchmail takes "lock" and "wait" in a refusal of credentials for a maildrop in use, and looks for it there.
    for (const code of ["AUTH_FAILED", "SASL_MALFORMED", "AUTH_UNAVAILABLE", "TOO_MANY_ERRORS"] as const) {
      assert.doesNotMatch(errors[code], /lock|wait/iu, tag);
    }
    assert.match(errors.MAILDROP_IN_USE, /locked/u, tag);
  }
});

test("German counts one message and many", () => {
  const ofOne = greeted();
  say(ofOne, "LANG de");
  opening(ofOne);
  assert.deepEqual(linesIn(advanceServer(ofOne, { kind: "maildrop-opened", maildrop: listingOf(["abc"]) })), [
    "+OK im Postfach: 1 Nachricht (3 Oktette)",
  ]);
  const ofThree = inTransaction({ maildrop: MAILDROP });
  say(ofThree, "LANG de");
  assert.deepEqual(say(ofThree, "STAT"), ["+OK 3 6"]);
  assert.equal(say(ofThree, "LIST")[0], "+OK 3 Nachrichten (6 Oktette)");
});

requirement("P3-S-003", "a reply in UTF-8 that is too long is cut between two characters", () => {
  const wordy: Language = { ...GERMAN, texts: { ...GERMAN.texts, languageChosen: "\u00fc".repeat(400) } };
  const session = greeted({ policy: { language: wordy } });
  // "+OK de " and CRLF leave 503 of 512 octets: 251 characters of two.
  assert.deepEqual(say(session, "LANG *"), [`+OK de ${"\xc3\xbc".repeat(251)}`]);
});

test("in another language a run that failed goes on with the word for octets", () => {
  const session = inTransaction();
  say(session, "LANG de");
  assert.deepEqual(hear(session, "RETR 1"), [
    { kind: "retrieve", numbers: [1], bodyLines: undefined, octetsWord: "Oktette" },
  ]);
  const effects = advanceServer(session, { kind: "send-failed", code: "STORE_BROKEN", unsent: [2] });
  assert.deepEqual(effects.at(-1), { kind: "retrieve", numbers: [2], bodyLines: undefined, octetsWord: "Oktette" });
});
