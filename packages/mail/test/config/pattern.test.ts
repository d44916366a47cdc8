import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compilePattern } from "../../src/config/index.ts";

const finds = (pattern: string, text: string): boolean => compilePattern(pattern).test(text);

test("a pattern finds what a person expects", () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ["^Yes", "yes, score=9", true],
    ["^Yes", " Yes", false],
    ["spam|ham", "some HAM", true],
    ["a.c", "xabcx", true],
    ["a.c", "a\nc", false],
    ["[a-f0-9]{4}$", "id beef", true],
    ["[a-f0-9]{4}$", "id bee", false],
    ["[^a-z]", "abc", false],
    ["(?:ab){2,3}c", "ababc", true],
    ["(?:ab){2,3}c", "abc", false],
    ["x{0,2}y", "y", true],
    ["a{2,}", "a", false],
    ["\\bdog\\b", "hot dog!", true],
    ["\\bdog\\b", "dogma", false],
    ["\\d+\\s\\w", "12 z", true],
    ["\\D", "12", false],
    ["a\\.b", "axb", false],
    ["[\\]x-]", "-", true],
    ["", "anything", true],
    ["Ä", "ä", true],
  ];
  for (const [pattern, text, expected] of rows) assert.equal(finds(pattern, text), expected, `${pattern} in ${text}`);
});

test("a pattern that is none is refused with what to write", () => {
  const rows: readonly (readonly [string, RegExp])[] = [
    ["(a", /\( without its \)/],
    ["a)", /\) without its \(/],
    ["[a", /\[ without its \]/],
    ["*a", /nothing before it/],
    ["a**", /repeats a repetition/],
    ["a{3,1}", /smaller first/],
    ["a{999}", /from 0 to 200/],
    ["(?=a)", /not supported/],
    ["(a)\\1", /not supported/],
    ["a\\", /lone backslash/],
    ["[z-a]", /does not go up/],
    ["((a{200}){200}){200}", /too large/],
  ];
  for (const [pattern, message] of rows)
    assert.throws(() => compilePattern(pattern), { name: "PatternError", message });
});

test("patterns agree with the engine everybody knows", () => {
  const piece = fc.constantFrom(
    "a",
    "b",
    ".",
    "[ab]",
    "[^b]",
    "a*",
    "b+",
    "a?",
    "(a|b)",
    "(?:ab)*",
    "^",
    "$",
    "\\w",
    "b{1,2}",
  );
  const seed = 20_260_101;
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 6 }),
      fc.string({ unit: fc.constantFrom("a", "b", "A", " "), maxLength: 8 }),
      (pieces, text) => {
        const pattern = pieces.join("");
        assert.equal(finds(pattern, text), new RegExp(pattern, "i").test(text), pattern);
      },
    ),
    { seed, numRuns: 500 },
  );
});

test("a pattern made to explode is matched in work that grows with the text alone", () => {
  assert.equal(finds("(a*)*(a|a)*(a|b|ab)*$x", "a".repeat(20_000)), false);
});
