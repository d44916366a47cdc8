import assert from "node:assert/strict";
import { test } from "node:test";
import { VerificationCache, type Verified } from "../../src/accounts/verification-cache.ts";

const anna: Verified = {
  account: "1",
  login: "anna",
  credentialVersion: 3,
  verifier: "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA",
  password: "correct horse battery",
};

test("what was accepted is remembered, and nothing else is", () => {
  const cache = new VerificationCache();
  assert.ok(!cache.has(anna));
  cache.add(anna);
  assert.ok(cache.has(anna));
  assert.ok(cache.has({ ...anna }));
});

test("every ingredient of the key counts", () => {
  const cache = new VerificationCache();
  cache.add(anna);
  const changes: { readonly [K in keyof Verified]: Verified[K] } = {
    account: "2",
    login: "anna/phone",
    credentialVersion: 4,
    verifier: "$argon2id$v=19$m=8,t=1,p=1$c2FsdB$aGFzaA",
    password: "correct horse batterx",
  };
  for (const [ingredient, value] of Object.entries(changes)) {
    assert.ok(!cache.has({ ...anna, [ingredient]: value }), ingredient);
  }
});

test("ingredients do not run into each other", () => {
  const cache = new VerificationCache();
  cache.add({ ...anna, account: "1", login: "1anna" });
  assert.ok(!cache.has({ ...anna, account: "11", login: "anna" }));
  cache.add({ ...anna, verifier: "v", password: "passwordx" });
  assert.ok(!cache.has({ ...anna, verifier: "vpassword", password: "x" }));
});

test("an acceptance is forgotten an hour after its check, used or not", () => {
  let now = 1_000;
  const cache = new VerificationCache({ now: () => now });
  cache.add(anna);
  now += 3_599_999;
  assert.ok(cache.has(anna));
  now += 1;
  assert.ok(!cache.has(anna));
  assert.equal(cache.size, 0);
});

test("a full cache forgets the least recently used", () => {
  const cache = new VerificationCache({ entriesMax: 3 });
  const named = (login: string): Verified => ({ ...anna, login });
  for (const login of ["a", "b", "c"]) cache.add(named(login));
  assert.ok(cache.has(named("a")));
  cache.add(named("d"));
  assert.deepEqual(
    ["a", "b", "c", "d"].filter((login) => cache.has(named(login))),
    ["a", "c", "d"],
  );
  cache.add(named("d"));
  assert.equal(cache.size, 3);
});
