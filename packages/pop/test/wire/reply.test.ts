import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import {
  challengeReply,
  errorReply,
  ERRORS,
  GREETING,
  greetingReply,
  ok,
  PopError,
  refuseConnection,
  retrieveReply,
  type ErrorCode,
} from "../../src/wire/index.ts";
import { octets } from "./octet-text.ts";

const codes = Object.keys(ERRORS) as ErrorCode[];

test("an error reply carries the response code of the table before its text", () => {
  assert.equal(errorReply("UNKNOWN_COMMAND"), "-ERR unknown command\r\n");
  assert.equal(errorReply("AUTH_FAILED"), "-ERR [AUTH] login refused: check name and password\r\n");
  assert.equal(refuseConnection("TOO_MANY_CONNECTIONS"), "-ERR [SYS/TEMP] too many connections, try again later\r\n");
});

test("RETR's first line says the octets, as in the example of RFC 1939 §5", () => {
  assert.equal(retrieveReply(120), "+OK 120 octets\r\n");
  assert.equal(retrieveReply(5_368_709_120), "+OK 5368709120 octets\r\n");
});

test("a challenge is + and a space and base64, also when it is empty", () => {
  assert.equal(challengeReply(octets("")), "+ \r\n");
  assert.equal(challengeReply(octets("test")), "+ dGVzdA==\r\n");
});

test("what is not printable ASCII never gets into a reply", () => {
  assert.equal(ok("a\r\n+OK \x1b[31m\0é\u{1f4ee}"), "+OK a??+OK ?[31m???\r\n");
});

test("an error keeps its code and detail, and its default message is the table's", () => {
  const cause = new Error("disk");
  const detailed = new PopError("STORE_BROKEN", "index of mrose is torn", { cause });
  assert.deepEqual(
    [detailed.code, detailed.message, detailed.cause],
    ["STORE_BROKEN", "index of mrose is torn", cause],
  );
  assert.equal(new PopError("BAD_ARGUMENT").message, "bad argument");
  assert.equal(new PopError("BAD_ARGUMENT").name, "PopError");
});

requirement("P3-S-003", "a first line has at most 512 octets, however long its text", () => {
  for (const line of [ok("x".repeat(1_000)), greetingReply("y".repeat(1_000)), greetingReply("é".repeat(1_000))]) {
    assert.equal(line.length, 512);
    assert.match(line, /^\+OK [ -~]+\r\n$/u);
  }
  for (const code of codes) assert.ok(errorReply(code).length <= 512);
});

requirement("P3-S-017", "text without a response code never begins with [", () => {
  assert.equal(ok("[IN-USE] mrose"), "+OK (IN-USE] mrose\r\n");
  for (const code of codes) {
    if (!("responseCode" in ERRORS[code])) assert.doesNotMatch(errorReply(code), /^-ERR \[/u, code);
  }
});

requirement("P3-S-044", "a greeting with < in it is refused, since clients would read an APOP timestamp", () => {
  assert.throws(() => greetingReply("ready <1896.697170952@dbc.mtview.ca.us>"), RangeError);
  assert.equal(greetingReply("POP3 of example.org"), "+OK POP3 of example.org\r\n");
  assert.doesNotMatch(GREETING, /</u);
});

requirement("P3-S-052", "the reply to a maildrop in use has the code IN-USE and the word locked", () => {
  assert.equal(errorReply("MAILDROP_IN_USE"), "-ERR [IN-USE] maildrop is locked by another session\r\n");
});

requirement(
  ["P3-S-147", "P3-S-148"],
  "any text that begins with [ is a response code of RFC 2449 §8, RFC 3206 §4 or RFC 6856 §5",
  () => {
    const known = ["IN-USE", "LOGIN-DELAY", "AUTH", "SYS/TEMP", "SYS/PERM", "UTF8"];
    for (const code of codes) {
      const [, text = ""] = /^-ERR (.*)\r\n$/u.exec(errorReply(code)) ?? [];
      assert.notEqual(text, "", code);
      if (!text.startsWith("[")) continue;
      const [, responseCode = ""] = /^\[([^\]]+)\] [^[\]]+$/u.exec(text) ?? [];
      assert.ok(known.includes(responseCode), `${code}: ${text}`);
    }
  },
);

test("the text of a refusal of credentials has no word that clients read as busy", () => {
  // fetchmail takes lock and wait in any -ERR at login for a maildrop in use.
  for (const code of ["AUTH_FAILED", "SASL_MALFORMED", "AUTH_UNAVAILABLE", "TOO_MANY_ERRORS"] as const) {
    assert.doesNotMatch(errorReply(code), /lock|wait/iu);
  }
});
