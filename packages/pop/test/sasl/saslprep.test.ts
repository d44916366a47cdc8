// RFC 4013, without the tables of unassigned code points.
import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultSaslprep, serverMechanisms } from "../../src/sasl/index.ts";
import { OneAccount, play, startExchange, utf8 } from "./fixture.ts";

// RFC 4013 §3 and the tables of RFC 3454, by hand. undefined: not allowed.
const rows: readonly (readonly [claim: string, text: string, prepared: string | undefined])[] = [
  ["the soft hyphen vanishes", "I\u00adX", "IX"],
  ["nothing changes", "user", "user"],
  ["case is kept", "USER", "USER"],
  ["the feminine ordinal is NFKC a", "\u00aa", "a"],
  ["roman numeral nine is NFKC IX", "\u2168", "IX"],
  ["a control character is prohibited", "\u0007", undefined],
  ["right to left must be so at both ends", "\u0627\u0031", undefined],
  ["right to left around a digit", "\u0627\u0031\u0628", "\u0627\u0031\u0628"],
  ["one letter, right to left", "\u05d0", "\u05d0"],
  ["right to left beside Latin letters", "\u0627a\u0628", undefined],
  ["right to left beside Latin letters, at the end", "\u0627\u0628a", undefined],
  ["a text of nothing", "", ""],
  ["a text of which nothing is left", "\u00ad\u2060\ufeff", ""],
  ["spaces stay", " a  b ", " a  b "],
  ["other spaces become spaces", "a\u00a0b\u3000c\u2003d\u200be", "a b c d e"],
  ["umlauts are composed", "a\u0308", "\u00e4"],
  ["a ligature is taken apart", "\ufb00", "ff"],
  ["DEL", "\u007f", undefined],
  ["C1 control", "\u0085", undefined],
  ["NUL", "a\0", undefined],
  ["line separator", "\u2028", undefined],
  ["private use", "\ue000", undefined],
  ["private use beyond the first plane", "\u{f0000}", undefined],
  ["a non-character", "\ufdd0", undefined],
  ["a non-character beyond the first plane", "\u{1fffe}", undefined],
  ["half a surrogate pair", "\ud800", undefined],
  ["the replacement character", "\ufffd", undefined],
  ["ideographic description", "\u2ff0", undefined],
  ["a direction mark", "\u202e", undefined],
  ["a musical control", "\u{1d173}", undefined],
  ["a tag", "\u{e0041}", undefined],
  ["an emoji, assigned after Unicode 3.2", "\u{1f4ee}", "\u{1f4ee}"],
];

for (const [claim, text, prepared] of rows) {
  test(`SASLprep: ${claim}`, () => assert.equal(defaultSaslprep(text), prepared));
}

test("a server may bring its own SASLprep", async () => {
  const authenticator = new OneAccount();
  const saslprep = (text: string) => (text.includes("x") ? undefined : text.toLowerCase());
  await play(startExchange("PLAIN", { authenticator, saslprep }), ["\0x\0geheim"]);
  await play(startExchange("PLAIN", { authenticator, saslprep }), ["ANNA\0anna\0geheim"]);
  await play(startExchange("LOGIN", { authenticator, saslprep }), ["x", "geheim"]);
  await play(startExchange("SCRAM-SHA-256", { authenticator, saslprep }), ["n,,n=x,r=abc"]);
  assert.deepEqual(authenticator.asked, ["anna/geheim"]);
  assert.equal(serverMechanisms({ saslprep }).length, 6);
  assert.equal(defaultSaslprep(utf8("a")), "a");
});
