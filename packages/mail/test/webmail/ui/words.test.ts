import assert from "node:assert/strict";
import { test } from "node:test";
import { IntlMessageFormat } from "intl-messageformat";
import { CATALOGUE, type WordId } from "../../../src/webmail/ui/words/catalogue.ts";
import { elementsOf } from "../../../src/webmail/ui/words/texts.ts";
import { wordsIn } from "../../../src/webmail/ui/words/words.ts";

const IDS = Object.keys(CATALOGUE) as WordId[];

/** A value for everything a message may ask for. */
const VALUES = new Proxy({}, { get: () => 3, ownKeys: () => NAMES, getOwnPropertyDescriptor: () => OWN });
const NAMES = [
  ...new Set(
    Object.values(CATALOGUE).flatMap((text) => Array.from(text.matchAll(/\{(\w+)/g), ([, name]) => name ?? "")),
  ),
];
const OWN = { enumerable: true, configurable: true, value: 3 };

for (const language of ["en", "pseudo", "pseudo-rtl"] as const) {
  test(`every text can be said in ${language}`, () => {
    const { say } = wordsIn(language, ["en"]);
    for (const id of IDS) assert.notEqual(say(id, VALUES).trim(), "", id);
  });
}

test("pseudo texts are about 40 % longer, the shortest by 30 %, and keep what is filled in", () => {
  const [plain, longer] = [wordsIn("en", []), wordsIn("pseudo", [])];
  for (const id of IDS) {
    const [text, pseudo] = [plain.say(id, VALUES), longer.say(id, VALUES)];
    const filled = text.match(/3/g)?.length ?? 0;
    if (/\p{L}{2}/u.test(text)) assert.ok(pseudo.length >= 1.3 * text.length, `${id}: ${pseudo}`);
    assert.equal(pseudo.match(/3/g)?.length ?? 0, filled, `${id}: ${pseudo}`);
  }
});

test("right to left is a direction of its language, not of a text", () => {
  assert.equal(wordsIn("pseudo-rtl", []).direction, "rtl");
  assert.equal(wordsIn("en", ["ar"]).direction, "ltr");
});

test("dates and numbers follow the English the browser prefers", () => {
  assert.equal(wordsIn("en", ["de-AT", "en-GB", "en-US"]).locale, "en-GB");
  assert.equal(wordsIn("en", ["de-AT"]).locale, "en");
});

test("several names stand beside one another as the language lists them", () => {
  const names = ["Mina", "Pat, R.", "Ana"];
  for (const locale of ["en", "en-GB", "en-US", "en-IN"]) {
    const listed = new Intl.ListFormat(locale, { type: "unit", style: "short" });
    for (const count of [0, 1, 2, 3]) {
      const several = names.slice(0, count);
      assert.equal(wordsIn("en", [locale]).list(several), listed.format(several));
    }
  }
});

test("the elements of a text are those the parser finds", () => {
  for (const id of IDS)
    assert.deepEqual(elementsOf(CATALOGUE[id]), new IntlMessageFormat(CATALOGUE[id], "en").getAst(), id);
});

test("a text that needs no parser is what the parser makes of it", () => {
  const { say, locale } = wordsIn("en", ["en-GB"]);
  const values = Object.fromEntries(NAMES.map((name) => [name, `<${name}>'s {0}`]));
  for (const id of IDS) {
    const text: string = CATALOGUE[id];
    if (/\{\w+,/.test(text)) continue; // Counts are left to the parser.
    assert.equal(say(id, values), new IntlMessageFormat(text, locale).format(values), id);
  }
});
