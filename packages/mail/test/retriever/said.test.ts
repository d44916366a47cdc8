// Texts are made from tables and read back by them: what a person reads in another language depends on it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CLOCK_DOUBTS, readClockDoubt } from "../../src/retriever/decide/clock.ts";
import { QUESTION_TEXTS, questionValues } from "../../src/retriever/decide/guard.ts";
import { readReason, REASONS } from "../../src/retriever/decide/reasons.ts";
import { ADVICE, readAdvice } from "../../src/retriever/run/advice.ts";
import { readWarning, WARNINGS } from "../../src/retriever/run/warnings.ts";
import { readerOf, say, type Said } from "../../src/retriever/said.ts";

/** What stands in a text: a number, words, what a server wrote, and what looks like a pattern or a place. */
const VALUES = ["7", "a day", "14d", "-ERR [SYS/TEMP] (no)", "^a.*b$ {more}", "two\nlines", ""];

const TABLES: Readonly<
  Record<string, readonly [Readonly<Record<string, string>>, (text: string) => Said<string> | undefined]>
> = {
  reasons: [REASONS, readReason],
  warnings: [WARNINGS, readWarning],
  advice: [ADVICE, readAdvice],
  clocks: [CLOCK_DOUBTS, readClockDoubt],
};

for (const [name, [texts, read]] of Object.entries(TABLES)) {
  test(`every one of the ${name} is read back as what it is, with its values`, () => {
    for (const [code, template] of Object.entries(texts)) {
      const places = Array.from(template.matchAll(/\{(\w+)\}/g), ([, place = ""]) => place);
      for (const value of VALUES) {
        const values = Object.fromEntries(places.map((place) => [place, value]));
        const found = read(say(template, values));
        assert.deepEqual({ ...found?.values, code: found?.code }, { ...values, code }, template);
      }
    }
  });
}

test("a removal that was not confirmed is read back as that, whatever it was for", () => {
  for (const why of [say(REASONS.filter, { header: "Subject", pattern: "sale" }), REASONS["keep-nothing"]]) {
    const found = readReason(say(REASONS.unconfirmed, { why }));
    assert.deepEqual([found?.code, found?.values["why"]], ["unconfirmed", why]);
  }
});

test("a question is read back by its kind", () => {
  for (const kind of ["many", "clock", "restored", "migration"] as const) {
    const places = Array.from(QUESTION_TEXTS[kind].matchAll(/\{(\w+)\}/g), ([, place = ""]) => place);
    const values = Object.fromEntries(places.map((place) => [place, `the ${place}`]));
    const found = questionValues({ kind, messages: 1, text: say(QUESTION_TEXTS[kind], values) });
    assert.deepEqual({ ...found }, values);
    assert.equal(questionValues({ kind, messages: 1, text: "another" }), undefined);
  }
});

test("a text of another build, or of nobody, is none of them", () => {
  for (const text of ["", "new ", " new", "anything", "7 messages are gone"]) {
    const isKnown = Object.values(TABLES).some(([, read]) => read(text) !== undefined);
    assert.equal(isKnown, false, text);
  }
});

test("signs of a pattern in a template stand for themselves", () => {
  const read = readerOf({ odd: "a.b (c) [d] ^{x}$ e|f?" });
  assert.deepEqual(read("a.b (c) [d] ^y$ e|f?")?.values, { x: "y" });
  assert.equal(read("aXb (c) [d] ^y$ e|f?"), undefined);
});
