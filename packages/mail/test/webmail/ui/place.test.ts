import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatPlace, INBOX, type ListOf, parsePlace, type Place } from "../../../src/webmail/ui/place/place.ts";

const PLACES: readonly (readonly [string, Place])[] = [
  ["#/all/inbox", INBOX],
  ["#/12/trash", { screen: "mail", scope: "12", list: { kind: "role", role: "trash" }, open: null }],
  ["#/1/mailbox/A%2FB", { screen: "mail", scope: "1", list: { kind: "mailbox", mailbox: "A/B" }, open: null }],
  ["#/all/source/work", { screen: "mail", scope: "all", list: { kind: "source", source: "work" }, open: null }],
  [
    "#/all/search?q=from%3Amina+a%26b&order=best&open=1.c42",
    {
      screen: "mail",
      scope: "all",
      list: { kind: "search", q: "from:mina a&b", order: "best" },
      open: { account: "1", kind: "conversation", id: 42, at: null },
    },
  ],
  ["#/all/all", { screen: "mail", scope: "all", list: { kind: "all" }, open: null }],
  ["#/settings/reading", { screen: "settings", page: "reading" }],
  ["#/settings/sources/work", { screen: "settings", page: "sources", source: "work" }],
  ["#/source/work/activity", { screen: "source", source: "work", tab: "activity" }],
  ["#/sources/add", { screen: "add-source" }],
];

const PLAIN = { noNullPrototype: true };

for (const [fragment, place] of PLACES) {
  test(`${fragment} is written and read`, () => {
    assert.equal(formatPlace(place), fragment);
    assert.deepEqual(parsePlace(fragment), place);
  });
}

for (const fragment of [
  "",
  "#",
  "#/nowhere/at/all",
  "#/all/mailbox",
  "#/all/inbox?open=1.x9",
  "#/%zz/%zz",
  "#//javascript:",
]) {
  test(`${JSON.stringify(fragment)} leads to the inbox`, () => {
    assert.deepEqual(parsePlace(fragment), INBOX);
  });
}

test("every list is found again from its address", () => {
  const list: fc.Arbitrary<ListOf> = fc.oneof(
    fc.record({ kind: fc.constant("mailbox" as const), mailbox: fc.string({ unit: "grapheme", minLength: 1 }) }, PLAIN),
    fc.record({ kind: fc.constant("source" as const), source: fc.string({ unit: "grapheme", minLength: 1 }) }, PLAIN),
    fc.record(
      {
        kind: fc.constant("search" as const),
        q: fc.string({ unit: "grapheme" }),
        order: fc.constantFrom("newest" as const, "best" as const),
      },
      PLAIN,
    ),
  );
  fc.assert(
    fc.property(list, (of) => {
      const place: Place = {
        screen: "mail",
        scope: "7",
        list: of,
        open: { account: "7", kind: "message", id: 3, at: null },
      };
      assert.deepEqual(parsePlace(formatPlace(place)), place);
    }),
    { seed: 20261126, numRuns: 500 },
  );
});
