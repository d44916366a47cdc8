// Moments and sizes, written as a person in Britain reads them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ago, fullDate, momentOf, shortDate, size, span } from "../../../src/webmail/ui/words/dates.ts";
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

test("a moment of today is a time, and any other has its date", () => {
  assert.equal(momentOf(british, new Date(2026, 10, 26, 23, 5).getTime(), NOW), "23:05");
  assert.match(momentOf(british, new Date(2026, 10, 27, 0, 5).getTime(), NOW), /^Fri,? 27 November 2026.* 00:05$/);
});

test("an hour is written the same with its date and without", () => {
  const early = new Date(2026, 10, 26, 8, 5).getTime();
  for (const [preferred, hour] of [
    ["en-GB", /(?:^| )08:05$/],
    ["en-US", /(?:^| )8:05\sAM$/],
  ] as const) {
    const words = wordsIn("en", [preferred]);
    for (const text of [shortDate(words, early, NOW), fullDate(words, early)]) assert.match(text, hour);
  }
});

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

test("a length of time is said as it is, in the largest unit that does", () => {
  const hourMs = 3_600_000;
  for (const [ms, text] of [
    [hourMs, "1 hour"],
    [36 * hourMs, "36 hours"],
    [1.5 * hourMs, "90 minutes"],
    [90_000, "90 seconds"],
    [1_500, "1,500 milliseconds"],
  ] as const)
    assert.equal(span(british, ms), text);
});
