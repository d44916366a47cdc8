// Status lines, listings and capabilities as servers really write them.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseDropListing, parseScanLine, parseUniqueIdLine, parseUniqueIdReply } from "@restante/pop/wire";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { parseCapabilities } from "../../src/wire/pop3/client-capabilities.ts";
import { parseStatus } from "../../src/wire/pop3/client-status.ts";

const seed = 2_449;

function octets(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

requirement(["P3-C-004", "P3-C-005"], "only +OK and -ERR are statuses, in any case, with or without a space", () => {
  for (const [line, isOk, text] of [
    ["+OK", true, ""],
    ["+ok fine", true, "fine"],
    ["+OKready", true, "ready"],
    ["+OK   more", true, "more"],
    ["-err", false, ""],
    ["-ERR no", false, "no"],
    ["-ERRno", false, "no"],
  ] as const) {
    assert.deepEqual(parseStatus(octets(line)), { isOk, text, responseCode: undefined }, line);
  }
  for (const line of ["", "+", "-", "+ERR", "-OK", "OK", " +OK", "+ OK", "* OK", "220 x"]) {
    assert.equal(parseStatus(octets(line)), undefined, line);
  }
});

requirement("P3-C-003", "whatever text follows, the status alone decides", () => {
  const text = fc.string({ maxLength: 60 }).filter((any) => !any.includes("\n"));
  fc.assert(
    fc.property(fc.constantFrom("+OK", "-ERR"), text, (status, any) => {
      assert.equal(parseStatus(octets(`${status} ${any}`))?.isOk, status === "+OK");
    }),
    { seed, numRuns: 500 },
  );
});

requirement(["P3-C-069", "P3-C-071"], "a code is read in any case, known ones without levels nobody knows", () => {
  for (const [line, responseCode, text] of [
    ["-ERR [IN-USE] other", "IN-USE", "other"],
    ["-ERR [in-use] other", "IN-USE", "other"],
    ["-ERR [SYS/TEMP/DB] x", "SYS/TEMP", "x"],
    ["-ERR [sys/perm]x", "SYS/PERM", "x"],
    ["-ERR [LOGIN-DELAY]", "LOGIN-DELAY", ""],
    ["-ERR [AUTH/EXPIRED] x", "AUTH", "x"],
    ["-ERR [AUTHX] x", "AUTHX", "x"],
    ["-ERR [REFERRAL/pop://h] x", "REFERRAL/POP://H", "x"],
    ["-ERR [] x", undefined, "[] x"],
    ["-ERR [open", undefined, "[open"],
    ["-ERR later [AUTH]", undefined, "later [AUTH]"],
  ] as const) {
    assert.deepEqual(parseStatus(octets(line)), { isOk: false, text, responseCode }, line);
  }
});

requirement("P3-C-016", "STAT is two numbers", () => {
  assert.deepEqual(parseDropListing("2 320 extra"), { count: 2, octets: 320 });
  for (const text of ["", "2", "a b", "2 b", "-1 2", "1 9007199254740993", "1.5 2"]) {
    assert.equal(parseDropListing(text), undefined, text);
  }
});

requirement(
  ["P3-C-015", "P3-C-017"],
  "lines of LIST and UIDL bear spaces, prefixes and columns, and no nonsense",
  () => {
    for (const line of ["1 120", "1   120", " 1 120 ", "+OK 1 120", "+ok  1 120", "1 120 x", "1\t120"]) {
      assert.deepEqual(parseScanLine(octets(line)), { n: 1, octets: 120 }, line);
    }
    for (const line of ["", "1", "0 5", "a 5", "-1 5", "1 -5", "1 99999999999999999999", "+OK"]) {
      assert.equal(parseScanLine(octets(line)), undefined, line);
    }
    for (const line of ["7 abc", "7    abc", "+OK 7 abc", "7 abc def"]) {
      assert.deepEqual(parseUniqueIdLine(octets(line)), { n: 7, uniqueId: "abc" }, line);
    }
    assert.deepEqual(parseUniqueIdLine("7"), { n: 7, uniqueId: undefined });
    assert.equal(parseUniqueIdLine("x abc"), undefined);
    assert.equal(parseUniqueIdLine("0 abc"), undefined);
  },
);

test("the reply to UIDL with a number is read with and without that number", () => {
  assert.equal(parseUniqueIdReply("7 abc", 7), "abc");
  assert.equal(parseUniqueIdReply("abc", 7), "abc");
  assert.equal(parseUniqueIdReply("", 7), undefined);
  // A unique-id that is a number, without its message-number, and the reverse.
  assert.equal(parseUniqueIdReply("12", 7), "12");
  assert.equal(parseUniqueIdReply("12 x", 7), "12");
});

test("what was written as a listing is read as it was", () => {
  const entry = fc.tuple(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
  fc.assert(
    fc.property(entry, fc.constantFrom(" ", "   "), fc.constantFrom("", "+OK "), ([n, size], space, prefix) => {
      assert.deepEqual(parseScanLine(octets(`${prefix}${n}${space}${size}`)), { n, octets: size });
    }),
    { seed, numRuns: 500 },
  );
});

test("no line whatever makes a parser throw, or give what is no number", () => {
  const line = fc.uint8Array({ maxLength: 40 });
  fc.assert(
    fc.property(line, (any) => {
      const scan = parseScanLine(any);
      assert.ok(scan === undefined || (Number.isSafeInteger(scan.octets) && scan.n >= 1));
      const id = parseUniqueIdLine(any);
      assert.ok(id === undefined || id.n >= 1);
      parseStatus(any);
      parseCapabilities([any]);
    }),
    { seed, numRuns: 2_000 },
  );
});

requirement("P3-C-031", "capability tags count in any case, unknown ones do no harm", () => {
  const capabilities = parseCapabilities(
    ["top", "Sasl PLAIN  LOGIN", "SASL CRAM-MD5", "FOO bar", "", "EXPIRE 5 user"].map(octets),
  );
  assert.deepEqual(
    [...capabilities],
    [
      ["TOP", []],
      ["SASL", ["PLAIN", "LOGIN", "CRAM-MD5"]],
      ["FOO", ["bar"]],
      ["EXPIRE", ["5", "user"]],
    ],
  );
});
