// Moments and sizes, written as a person in Britain reads them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, shortDate, size } from "../../../src/webmail/ui/words/dates.ts";
import { wordsIn } from "../../../src/webmail/ui/words/words.ts";

const british = wordsIn("en", ["en-GB"]);
const NOW = new Date(2026, 10, 26, 14, 30).getTime();

const DATES: readonly (readonly [string, Date, string])[] = [
  ["today is a time", new Date(2026, 10, 26, 9, 5), "09:05"],
  ["yesterday is a day", new Date(2026, 10, 25, 23, 59), "25 Nov"],
  ["a later hour of a day that was written is the same day", new Date(2026, 10, 25, 8, 0), "25 Nov"],
  ["the last of a month is not the first of the next", new Date(2026, 9, 31, 8, 0), "31 Oct"],
  ["the first of a month is not the last of the one before", new Date(2026, 10, 1, 8, 0), "1 Nov"],
  ["another year is a whole date", new Date(2025, 10, 26, 9, 5), "26/11/2025"],
];

for (const [claim, at, text] of DATES) {
  test(claim, () => assert.equal(shortDate(british, at.getTime(), NOW), text));
}

const AGO: readonly (readonly [number, string])[] = [
  [20_000, "this minute"],
  [2 * 60_000, "2 minutes ago"],
  [3 * 3_600_000, "3 hours ago"],
  [26 * 3_600_000, "yesterday"],
];

for (const [ms, text] of AGO) {
  test(`${ms} milliseconds ago is "${text}"`, () => assert.equal(ago(british, NOW - ms, NOW), text));
}

const SIZES: readonly (readonly [number, string])[] = [
  [0, "0 bytes"],
  [999, "999 bytes"],
  [2_120, "2.1 kB"],
  [44_120, "44 kB"],
  [812_000_000, "812 MB"],
  [7_000_000_000_000, "7,000 GB"],
];

for (const [octets, text] of SIZES) {
  test(`${octets} octets are ${text}`, () => assert.equal(size(british, octets), text));
}
