import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalDomain, formatAddress, parseMailAddress } from "../../src/accounts/index.ts";

const seed = 20260517;

test("an address comes apart at its last @, quotes removed", () => {
  for (const [text, local, domain] of [
    ["anna@example.org", "anna", "example.org"],
    ["Anna+lists@Example.ORG", "Anna+lists", "Example.ORG"],
    ['"anna b"@example.org', "anna b", "example.org"],
    ['"a@b"@example.org', "a@b", "example.org"],
    [String.raw`"a\"\\b"@example.org`, String.raw`a"\b`, "example.org"],
    ["josé@example.org", "josé", "example.org"],
    ["anna", "anna", undefined],
    ['"a@b"', "a@b", undefined],
  ] as const) {
    assert.deepEqual(parseMailAddress(text), { local, domain }, text);
  }
});

test("what is no address is not taken for one", () => {
  for (const text of [
    "",
    "@",
    "anna@",
    "@example.org",
    "an na@example.org",
    "anna..b@example.org",
    ".anna@example.org",
    "anna.@example.org",
    "<anna>@example.org",
    'an"na@example.org',
    '""@example.org',
    '"anna@example.org',
    "anna\0@example.org",
    '"anna\r\n"@example.org',
    `${"a".repeat(65)}@example.org`,
    `${"é".repeat(33)}@example.org`,
  ]) {
    assert.equal(parseMailAddress(text), undefined, JSON.stringify(text));
  }
});

test("a domain has one form, however it is written", () => {
  for (const [text, domain] of [
    ["localhost", "localhost"],
    ["Example.ORG", "example.org"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["BÜCHER.example", "xn--bcher-kva.example"],
    ["bu\u0308cher.example", "xn--bcher-kva.example"],
    ["XN--BCHER-KVA.example", "xn--bcher-kva.example"],
    ["mail_1.example", "mail_1.example"],
  ] as const) {
    assert.equal(canonicalDomain(text), domain, text);
  }
});

test("what is no domain name has no canonical form", () => {
  for (const text of [
    "",
    ".",
    "a..b",
    "example.org.",
    "-a.org",
    "a-.org",
    "ex ample",
    "a/b",
    "%65xample.org",
    "é%65xample.org",
    "é:25",
    "é@b",
    "é/b",
    "[127.0.0.1]",
    `${"a".repeat(64)}.org`,
    Array.from({ length: 64 }, () => "abc").join("."),
  ]) {
    assert.equal(canonicalDomain(text), undefined, JSON.stringify(text));
  }
});

test("an address written out and read again is the same", () => {
  const local = fc.oneof(
    fc.string({ minLength: 1, maxLength: 20, unit: "grapheme-ascii" }),
    fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom("a", "é", "ß", ".", '"', "\\", "@", " ", "+") }),
  );
  fc.assert(
    fc.property(local, (text) => {
      const written = formatAddress({ kind: "exact", local: text, domain: "example.org" });
      assert.deepEqual(parseMailAddress(written), { local: text, domain: "example.org" });
    }),
    { seed, numRuns: 500 },
  );
  assert.equal(formatAddress({ kind: "alias", local: "info", domain: "" }), "info@*");
  assert.equal(formatAddress({ kind: "catch-all", local: "", domain: "example.org" }), "*@example.org");
});
