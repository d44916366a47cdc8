import assert from "node:assert/strict";
import { test } from "node:test";
import { headerText, isMessageId, messageIds } from "../../src/submission/header-text.ts";

test("text of a header is one line, whatever it was", () => {
  assert.equal(headerText("Hello\r\nBcc: victim@b.example"), "Hello Bcc: victim@b.example");
  assert.equal(headerText("a\rb\nc\0d\u2028e\u2029f\u0085g"), "a b c d e f g");
  assert.equal(headerText("  \t padded \t "), "padded");
});

test("bidirectional controls do not get into a header", () => {
  assert.equal(headerText("in\u202evoice\u2066.exe\ufeff"), "invoice.exe");
});

test("text is cut at 998 characters and never inside a pair", () => {
  assert.equal(headerText("x".repeat(2_000)).length, 998);
  assert.equal(headerText(`${"x".repeat(997)}😀`), `${"x".repeat(997)}\ufffd`);
});

test("only what can stand between angle brackets is a Message-ID", () => {
  for (const id of ["a@b", "x.y-z_1+2@mail.example", "without-at"]) assert.equal(isMessageId(id), true, id);
  for (const id of ["", "a b@c", "a>b@c", "a<b@c", "a\r\nX: y@c", "ä@b", "x".repeat(251)])
    assert.equal(isMessageId(id), false, id);
});

test("of many references the first and the last are kept, broken ones go", () => {
  const ids = Array.from({ length: 100 }, (_, i) => `m${i}@x.example`);
  const kept = messageIds(["bad one", ...ids]);
  assert.equal(kept.length, 40);
  assert.equal(kept[0], "m0@x.example");
  assert.equal(kept.at(-1), "m99@x.example");
  assert.equal(kept[1], "m61@x.example");
  assert.deepEqual(messageIds(["a@b", "a@b"]), ["a@b"]);
});
