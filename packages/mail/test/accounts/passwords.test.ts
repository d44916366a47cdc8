import assert from "node:assert/strict";
import { createSecretKey, randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { acceptChosen, HASH_COST, nobodysVerifier } from "../../src/accounts/chosen-password.ts";
import { generatedVerifier, generatePassword, matchesGenerated } from "../../src/accounts/generated-password.ts";
import { AccountError } from "../../src/accounts/index.ts";
import { prepare, prepareToStore } from "../../src/accounts/preparation.ts";

const seed = 20260518;
const key = { secret: createSecretKey(randomBytes(32)), id: "0a1b2c3d" };

test("a generated password is seven groups of four letters that nobody mistakes for others", () => {
  const made = Array.from({ length: 500 }, generatePassword);
  // 28 letters out of 32: 140 bits. No i, l, o or u.
  for (const password of made) assert.match(password, /^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){6}$/);
  assert.equal(new Set(made).size, 500);
  assert.equal(new Set(made.join("").replaceAll("-", "")).size, 32, "every letter is used");
});

test("the verifier of a generated password accepts exactly it, for its login, and never holds it", () => {
  fc.assert(
    fc.property(fc.constant(0).map(generatePassword), fc.string(), (password, other) => {
      const verifier = generatedVerifier(key, { login: "anna", password });
      const matches = (login: string, tried: string): boolean =>
        matchesGenerated(key, { verifier, login, password: tried });
      assert.ok(matches("anna", password));
      assert.ok(!matches("bob", password));
      assert.ok(!matches("anna", password.replaceAll("-", "")), "the dashes are part of it");
      assert.ok(!matches("anna", password.toUpperCase()) || password === password.toUpperCase());
      if (other !== password) assert.ok(!matches("anna", other));
      assert.ok(!verifier.includes(password));
    }),
    { seed, numRuns: 100 },
  );
});

test("one password twice has two verifiers", () => {
  const o = { login: "anna", password: generatePassword() };
  assert.notEqual(generatedVerifier(key, o), generatedVerifier(key, o));
});

test("a verifier of another key, or a damaged one, is an outage and no wrong password", () => {
  const password = generatePassword();
  const verifier = generatedVerifier(key, { login: "anna", password });
  const check = (tried: string, keyId: string) => () =>
    matchesGenerated({ secret: key.secret, id: keyId }, { verifier: tried, login: "anna", password });
  assert.throws(check(verifier, "ffffffff"), /made with another key file \(0a1b2c3d, here is ffffffff\)/);
  assert.throws(check("hmac-sha256$0a1b2c3d$abc", key.id), /damaged/);
  assert.throws(check(`${verifier}$more`, key.id), /damaged/);
  assert.equal(check(verifier.slice(0, -4), key.id)(), false, "a cut MAC matches nothing");
});

test("a chosen password must be worth a guesser's while to fail at", () => {
  const accept = (password: string) => (): string => acceptChosen(password, "anna");
  for (const good of ["correct horse battery", "zwölf Häuser am Meer", "p4ss-wörter-sind-müde", "7 Zwerge & 1 Prinz"]) {
    assert.equal(accept(good)(), good);
  }
  for (const [bad, complaint] of [
    ["", /at least 12 characters/],
    ["elf zeichen", /at least 12 characters, or let one be generated/],
    ["é".repeat(11), /at least 12 characters/],
    ["\u00ad".repeat(20), /RFC 4013/], // soft hyphens are mapped to nothing
    [`elf${"\u00ad".repeat(9)}zeichen`, /at least 12 characters/],
    ["aaaaaaaaaaaa", /different ones/],
    ["abababababab", /different ones/],
    ["passwordpassword", /written several times/],
    ["abcdefghijklm", /plain run/],
    ["9876543210987", /plain run/],
    ["anna-1-anna-2", /login name/],
    [" correct horse ", /space/],
    ["correct horse\u0007", /RFC 4013/],
    ["correct horse \u{1f600}", /RFC 4013/], // not assigned in Unicode 3.2
    ["correct horse \ufffd", /RFC 4013/],
    ["xyz ".repeat(70).concat("end"), /at most 248 octets/],
  ] as const) {
    assert.throws(
      accept(bad),
      (error) => error instanceof AccountError && error.code === "bad-password" && complaint.test(error.message),
      JSON.stringify(bad),
    );
  }
});

test("a password is prepared alike when it is set and when it is checked", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 40 }), (text) => {
      let stored: string;
      try {
        stored = prepareToStore(text);
      } catch {
        return; // cannot be set, so it is never compared
      }
      assert.equal(prepare(text), stored === "" ? undefined : stored);
      if (stored !== "") assert.equal(prepare(stored), stored, "preparing again changes nothing");
    }),
    { seed, numRuns: 2_000 },
  );
});

test("composed and decomposed letters, and wide and soft ones, make the same password", () => {
  // The examples of RFC 4013 §3, and what keyboards of two systems make of é.
  for (const [typed, prepared] of [
    ["I\u00adX", "IX"],
    ["user", "user"],
    ["USER", "USER"],
    ["\u00aa", "a"],
    ["\u2168", "IX"],
    ["jose\u0301", "jos\u00e9"],
    ["a\u00a0b", "a b"],
    ["\u0007", undefined],
    ["\u0627\u0031", undefined],
    ["", undefined],
    ["\u00ad", undefined],
    ["x".repeat(1_025), undefined],
  ] as const) {
    assert.equal(prepare(typed), prepared, JSON.stringify(typed));
  }
});

test("nobody's verifier is a PHC string of the cost of a chosen password, never twice the same", () => {
  // RFC 9106 §4, second recommendation: 64 MiB, 3 passes; a salt of 128 bits and a tag of 256.
  assert.match(nobodysVerifier(HASH_COST), /^\$argon2id\$v=19\$m=65536,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(nobodysVerifier(HASH_COST), nobodysVerifier(HASH_COST));
});
