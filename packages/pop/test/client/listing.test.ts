// What stands in a maildrop: LIST and UIDL joined, unique-ids of every kind, listings that lie.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Listing, Pop3Session } from "@restante/pop/client";
import type { PeerFault } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { errorOf, MESSAGES, settingFor, settingWith, text } from "./fixture.ts";

test("a listing joins LIST and UIDL, and finds by unique-id", async (context) => {
  const { session } = await settingFor(context);
  const pop = await session();
  const listing = await pop.list();
  assert.equal(listing.isComplete, true);
  assert.deepEqual(
    listing.entries.map(({ n, octets }) => [n, octets]),
    [
      [1, 6],
      [2, 8],
      [3, 12],
    ],
  );
  const uniqueId = listing.entries[1]?.uniqueId ?? "";
  assert.equal(listing.byUniqueId.get(uniqueId)?.n, 2);
  assert.equal(await text((await pop.message({ uniqueId })).retrieve()), MESSAGES[1]);
  assert.equal(await text(pop.retrieve({ uniqueId })), MESSAGES[1]);
  assert.equal(await pop.uniqueIdOf(2), uniqueId);
  assert.equal((await errorOf(pop.message({ uniqueId: "other" }))).code, "NO_SUCH_MESSAGE");
  assert.throws(() => pop.retrieve({ uniqueId: "other" }), { code: "NO_SUCH_MESSAGE" });
  assert.equal((await errorOf(pop.message(9))).code, "NO_SUCH_MESSAGE");
});

async function listed(pop: Promise<Pop3Session>): Promise<Listing> {
  return (await pop).list();
}

const FOUR = ["peer-1", "peer-2", "peer-3", "peer-4"];

requirement(
  ["P3-C-015", "P3-C-109"],
  "listings are read however they are written: spaces, prefixes, columns, order, gaps, without ids",
  async (context) => {
    const four = { messages: ["1\r\n", "2\r\n", "3\r\n", "4\r\n"] };
    const cases: readonly (readonly [string, PeerFault[], readonly unknown[], boolean])[] = [
      ["several spaces", [{ on: "UIDL", spacing: "   " }], ["peer-1", "peer-2", "peer-3", "peer-4"], true],
      ["+OK before each line", [{ on: "UIDL", linePrefix: "+OK " }], ["peer-1", "peer-2", "peer-3", "peer-4"], true],
      ["LF alone", [{ on: "UIDL", lineEnd: "\n" }], ["peer-1", "peer-2", "peer-3", "peer-4"], true],
      [
        "more columns",
        [{ on: "LIST", lines: ["1 3 x", "2 3 y z", "3 3", "4 3"] }],
        ["peer-1", "peer-2", "peer-3", "peer-4"],
        true,
      ],
      ["another order", [{ on: "UIDL", lines: ["3 c", "1 a", "4 d", "2 b"] }], ["a", "b", "c", "d"], true],
      ["a gap", [{ on: "LIST", lists: [1, 2, 4] }], ["peer-1", "peer-2", "peer-4"], false],
      ["a missing id", [{ on: "UIDL", lists: [1, 3, 4] }], ["peer-1", null, "peer-3", "peer-4"], false],
      ["a line without id", [{ on: "UIDL", lines: ["1 a", "2", "3 c", "4 d"] }], ["a", null, "c", "d"], false],
      ["blank lines", [{ on: /^(?:LIST|UIDL)/, insert: { at: 1, lines: ["", " \t"] } }], FOUR, true],
      ["no line at all", [{ on: "UIDL", lines: [] }], [null, null, null, null], false],
      ["garbage", [{ on: "UIDL", lines: ["1 a", "what", "2 b", "-3 c", "3 c", "4 d"] }], ["a", "b", "c", "d"], false],
      ["a number twice", [{ on: "UIDL", lines: ["1 a", "1 x", "2 b", "3 c", "4 d"] }], ["a", "b", "c", "d"], false],
    ];
    for (const [what, faults, ids, isComplete] of cases) {
      const { session } = await settingFor(context, { ...four, faults });
      const listing = await listed(session());
      assert.deepEqual(
        listing.entries.map(({ uniqueId }) => uniqueId),
        ids,
        what,
      );
      assert.equal(listing.isComplete, isComplete, what);
    }
  },
);

test("a message that UIDL has and LIST has not is told apart", async (context) => {
  const { session } = await settingWith(context, { on: "LIST", lists: [1, 2] });
  const listing = await listed(session());
  assert.deepEqual(listing.unmatched, [{ n: 3, uniqueId: "peer-3" }]);
  assert.equal(listing.isComplete, false);
});

requirement(
  "P3-C-093",
  "messages that share a unique-id are all there, and no id finds one of them",
  async (context) => {
    const { session } = await settingFor(context, {
      messages: [
        { octets: "1\r\n", uniqueId: "same" },
        { octets: "2\r\n", uniqueId: "same" },
        { octets: "3\r\n", uniqueId: "other" },
      ],
    });
    const pop = await session();
    const listing = await pop.list();
    assert.deepEqual(listing.duplicateUniqueIds, ["same"]);
    assert.deepEqual([...listing.byUniqueId.keys()], ["other"]);
    assert.equal(listing.isComplete, false);
    const got: string[] = [];
    for await (const message of pop.messages()) got.push(await text(message.retrieve()));
    assert.deepEqual(got, ["1\r\n", "2\r\n", "3\r\n"]);
    const error = await errorOf(pop.message({ uniqueId: "same" }));
    assert.match(error.message, /several messages/);
  },
);

requirement("P3-C-095", "unique-ids are octets: long, beyond ASCII, in any case", async (context) => {
  const ids = ["x".repeat(200), "\xe9\xff", "abc", "ABC", "!~"];
  const { session } = await settingFor(context, {
    messages: ids.map((uniqueId, at) => ({ octets: `${at}\r\n`, uniqueId })),
  });
  const pop = await session();
  const listing = await pop.list();
  assert.deepEqual(
    listing.entries.map(({ uniqueId }) => uniqueId),
    ids,
  );
  for (const [at, uniqueId] of ids.entries()) assert.equal(listing.byUniqueId.get(uniqueId)?.n, at + 1);
  assert.equal(await pop.uniqueIdOf(2), "\xe9\xff");
});

requirement("P3-C-096", "a server without unique-ids can be listed and collected", async (context) => {
  const { session } = await settingFor(context, { without: ["UIDL"] });
  const pop = await session();
  const listing = await pop.list();
  assert.deepEqual([listing.hasUniqueIds, listing.byUniqueId.size, listing.entries.length], [false, 0, 3]);
  assert.equal((await errorOf(pop.uniqueIdOf(1))).sessionUsable, true);
});

test("UIDL that was announced and is refused is a server that cannot now", async (context) => {
  const { session } = await settingWith(context, { on: "UIDL", answer: "-ERR not now" });
  const error = await errorOf(listed(session()));
  assert.deepEqual([error.code, error.retry, error.sessionUsable], ["SERVER_TEMPORARY", "later", true]);
});

requirement(
  "P3-C-016",
  "STAT gives two numbers or an error, and never zero for what cannot be read",
  async (context) => {
    for (const [answer, expected] of [
      ["+OK 2 320 extra", { count: 2, octets: 320 }],
      ["+OK   7   0", { count: 7, octets: 0 }],
      ["+OK", "PROTOCOL"],
      ["+OK abc", "PROTOCOL"],
      ["+OK 2", "PROTOCOL"],
      ["+OK -1 5", "PROTOCOL"],
      ["-ERR no", "COMMAND_REFUSED"],
    ] as const) {
      const { session } = await settingWith(context, { on: "STAT", answer });
      const pop = await session();
      if (typeof expected === "object") assert.deepEqual(await pop.stat(), expected);
      else assert.equal((await errorOf(pop.stat())).code, expected, answer);
      await pop.noop();
    }
  },
);

requirement("P3-C-017", "a number too large to be exact, or negative, is none", async (context) => {
  const { session } = await settingWith(context, {
    on: "LIST",
    lines: ["1 9007199254740993", "2 9007199254740991", "3 -1", "4 99999999999999999999"],
  });
  const listing = await listed(session());
  assert.deepEqual(
    listing.entries.map(({ n, octets }) => [n, octets]),
    [[2, 9_007_199_254_740_991]],
  );
  const big = await settingWith(context, { on: "STAT", answer: "+OK 1 9007199254740993" });
  assert.equal((await errorOf((await big.session()).stat())).code, "PROTOCOL");
});

test("a listing has a limit, and so has CAPA", async (context) => {
  const messages = Array.from({ length: 30 }, () => "x\r\n");
  const { session } = await settingFor(context, { messages });
  const error = await errorOf(listed(session({ limits: { listEntriesMax: 29 } })));
  assert.deepEqual([error.code, error.sessionUsable], ["LIST_TOO_LONG", false]);
  await listed(session({ limits: { listEntriesMax: 30 } }));
  // Nine lines of five octets, and twenty-one of six, as they come.
  assert.equal((await errorOf(listed(session({ limits: { listOctetsMax: 200 } })))).code, "LIST_TOO_LONG");
  await listed(session({ limits: { listOctetsMax: 30 * 80 } }));
  const lines = Array.from({ length: 40 }, (_, at) => `X-${at}`);
  const capable = await settingFor(context, { capabilities: ["SASL PLAIN", ...lines] });
  assert.equal((await errorOf(capable.session({ limits: { capabilityLinesMax: 40 } }))).code, "LIST_TOO_LONG");
});
