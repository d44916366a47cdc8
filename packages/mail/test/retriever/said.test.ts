// The reasons fetch.db keeps are made from a table and read back by it: what a person reads in another language depends on it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readReason, REASONS } from "../../src/retriever/decide/reasons.ts";
import { readerOf, say } from "../../src/retriever/said.ts";

/** What stands in a text: a number, words, what a server wrote, and what looks like a pattern or a place. */
const VALUES = ["7", "a day", "14d", "-ERR [SYS/TEMP] (no)", "^a.*b$ {more}", "two\nlines", ""];

test("every reason is read back as what it is, with its values", () => {
  for (const [code, template] of Object.entries(REASONS)) {
    const places = Array.from(template.matchAll(/\{(\w+)\}/g), ([, place = ""]) => place);
    for (const value of VALUES) {
      const values = Object.fromEntries(places.map((place) => [place, value]));
      const found = readReason(say(template, values));
      assert.deepEqual({ ...found?.values, code: found?.code }, { ...values, code }, template);
    }
  }
});

test("a removal that was not confirmed is read back as that, whatever it was for", () => {
  for (const why of [say(REASONS.filter, { header: "Subject", pattern: "sale" }), REASONS["keep-nothing"]]) {
    const found = readReason(say(REASONS.unconfirmed, { why }));
    assert.deepEqual([found?.code, found?.values["why"]], ["unconfirmed", why]);
  }
});

test("a text of another build, or of nobody, is none of them", () => {
  for (const text of ["", "new ", " new", "anything", "7 messages are gone"]) {
    assert.equal(readReason(text), undefined, text);
  }
});

test("signs of a pattern in a template stand for themselves", () => {
  const read = readerOf({ odd: "a.b (c) [d] ^{x}$ e|f?" });
  assert.deepEqual(read("a.b (c) [d] ^y$ e|f?")?.values, { x: "y" });
  assert.equal(read("aXb (c) [d] ^y$ e|f?"), undefined);
});
