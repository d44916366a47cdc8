// The decisions, as tables and as what must hold whatever a server, a clock or a policy says.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  clockDoubt,
  clockDoubtText,
  timeToWrite,
  type ClockFinding,
  type ClockReading,
} from "../../src/retriever/decide/clock.ts";
import { decide, type CopyState, type DecisionFacts } from "../../src/retriever/decide/decide.ts";
import { guard } from "../../src/retriever/decide/guard.ts";
import type { KnownMessage, ListedMessage, MessageState } from "../../src/retriever/decide/known.ts";
import { findMigration, matchMigration } from "../../src/retriever/decide/migration.ts";
import { needingHeaders, pair, type Pairing } from "../../src/retriever/decide/pair.ts";
import type { SourcePolicy } from "../../src/retriever/decide/policy.ts";
import { queueOf } from "../../src/retriever/run/queue.ts";

const DAY_MS = 86_400_000;
const NOW = 1_800_000_000_000;

const POLICY: SourcePolicy = {
  only: "new",
  octetsMax: undefined,
  oversize: "headers",
  order: "oldest",
  messagesMax: undefined,
  keepMs: undefined,
  deleteWhenDeletedLocally: false,
  deleteMinAgeMs: 0,
  badMessageAfter: 3,
  filterRule: "[]",
};

const ENTRY: ListedMessage = { n: 1, uniqueId: "u", octets: 1_000, isDuplicate: false };

/** At once. */
function pairOf(...facts: Parameters<typeof pair>): Pairing {
  const work = pair(...facts);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

function knownOf(o: Partial<KnownMessage> = {}): KnownMessage {
  return {
    id: 1,
    uniqueId: "u",
    octets: 1_000,
    otherSizes: [],
    keyHash: "",
    state: "collected",
    headerHash: "h",
    sha256: "s",
    firstSeenAt: NOW - 10 * DAY_MS,
    collectedAt: NOW - 10 * DAY_MS,
    attempts: 0,
    lostRuns: 0,
    failure: undefined,
    rule: undefined,
    pending: undefined,
    removedAt: undefined,
    inferred: undefined,
    missing: 0,
    missingSince: undefined,
    again: false,
    copies: [],
    ...o,
  };
}

function factsOf(
  o: {
    readonly policy?: Partial<SourcePolicy>;
    readonly copy?: CopyState;
    readonly mayDelete?: boolean;
    readonly filter?: "skip" | "delete";
  } = {},
): DecisionFacts {
  return {
    policy: { ...POLICY, ...o.policy },
    now: NOW,
    copies: new Map([[1, o.copy ?? "there"]]),
    filtered: new Map(o.filter === undefined ? [] : [[1, { do: o.filter, why: "filter: X matches y" }]]),
    mayDelete: o.mayDelete ?? true,
  };
}

const decided = (known: KnownMessage | undefined, facts: DecisionFacts, entry = ENTRY) =>
  decide({ entry, known, isReused: false, headerHash: undefined, occurrence: 1, place: undefined }, facts);

test("each policy says what becomes of a message, and why", () => {
  const rows: readonly (readonly [KnownMessage | undefined, DecisionFacts, string, RegExp])[] = [
    [undefined, factsOf(), "fetch", /^new$/],
    [
      undefined,
      factsOf({ policy: { octetsMax: 999 } }),
      "headers",
      /1000 octets, more than max_size 999: its header alone/,
    ],
    [undefined, factsOf({ policy: { octetsMax: 999, oversize: "skip" } }), "skip", /more than max_size/],
    [undefined, factsOf({ policy: { octetsMax: 1_000 } }), "fetch", /^new$/],
    [undefined, factsOf({ filter: "skip" }), "skip", /^filter: X matches y$/],
    [knownOf({ state: "new", attempts: 2, failure: "-ERR no" }), factsOf(), "fetch", /failed 2 times so far: -ERR no/],
    [
      knownOf({ state: "quarantined", attempts: 3, failure: "-ERR no" }),
      factsOf(),
      "skip",
      /quarantined after it failed 3 times: -ERR no/,
    ],
    [knownOf({ state: "seen" }), factsOf(), "skip", /marked as seen/],
    [
      knownOf({ state: "headers-only" }),
      factsOf({ policy: { octetsMax: 10 } }),
      "skip",
      /only its header was collected/,
    ],
    [knownOf({ state: "headers-only" }), factsOf(), "fetch", /within max_size now/],
    [knownOf({ state: "headers-only" }), factsOf({ copy: "removed" }), "skip", /its owner removed its header here/],
    [knownOf({ state: "headers-only" }), factsOf({ copy: "missing" }), "fetch", /within max_size now/],
    [knownOf({ state: "filtered", rule: "[]" }), factsOf(), "skip", /a filter leaves it there/],
    [knownOf({ state: "filtered", rule: "[1]" }), factsOf(), "fetch", /the filters have changed/],
    [knownOf(), factsOf(), "skip", /collected; stays on the server/],
    [knownOf(), factsOf({ policy: { only: "all" } }), "fetch", /fetch\.only is "all"/],
    [knownOf(), factsOf({ policy: { keepMs: 0 } }), "delete", /server\.keep is "0"/],
    [knownOf(), factsOf({ policy: { keepMs: 10 * DAY_MS } }), "delete", /collected 10 days ago, server\.keep is 10d/],
    [knownOf(), factsOf({ policy: { keepMs: 11 * DAY_MS } }), "skip", /stays for another 1 day/],
    [knownOf(), factsOf({ policy: { keepMs: 0, deleteMinAgeMs: 11 * DAY_MS } }), "skip", /stays for another 1 day/],
    // A moment after it was collected it is the whole time that is left.
    [knownOf({ collectedAt: NOW - 2_000 }), factsOf({ policy: { keepMs: 14 * DAY_MS } }), "skip", /another 14 days$/],
    [knownOf({ collectedAt: NOW - 2_000 }), factsOf({ policy: { keepMs: DAY_MS } }), "skip", /another 1 day$/],
    [knownOf({ collectedAt: NOW - 2_000 }), factsOf({ policy: { keepMs: 3_600_000 } }), "skip", /another 1 hour$/],
    [knownOf(), factsOf({ policy: { keepMs: 10.5 * DAY_MS } }), "skip", /another 12 hours$/],
    [knownOf(), factsOf({ policy: { keepMs: 10 * DAY_MS + 1_000 } }), "skip", /another less than a minute$/],
    [knownOf({ collectedAt: NOW - 1.9 * DAY_MS }), factsOf({ policy: { keepMs: 1 } }), "delete", /collected 1 day ago/],
    [
      knownOf(),
      factsOf({ copy: "removed" }),
      "skip",
      /^its owner removed it here; stays on the server \(restante fetch state forget brings it again\)$/,
    ],
    [
      knownOf(),
      factsOf({ copy: "removed", policy: { keepMs: 11 * DAY_MS } }),
      "skip",
      /^its owner removed it here; stays for another 1 day \(restante fetch state forget brings it again\)$/,
    ],
    [
      knownOf(),
      factsOf({ copy: "removed", policy: { deleteWhenDeletedLocally: true, deleteMinAgeMs: 11 * DAY_MS } }),
      "skip",
      /^its owner removed it here; stays for another 1 day/,
    ],
    [
      knownOf(),
      factsOf({ copy: "removed", policy: { deleteWhenDeletedLocally: true } }),
      "delete",
      /its owner removed it here/,
    ],
    [
      knownOf(),
      factsOf({ copy: "missing", policy: { deleteWhenDeletedLocally: true, keepMs: 0 } }),
      "skip",
      /not in the Maildir any more/,
    ],
    [
      knownOf(),
      factsOf({ copy: "elsewhere", policy: { keepMs: 0 } }),
      "skip",
      /a destination was configured after it was collected/,
    ],
    [
      knownOf({ pending: { at: 1, why: 'server.keep is "0"' } }),
      factsOf({ copy: "elsewhere", policy: { keepMs: 0, only: "all" } }),
      "fetch",
      /fetch\.only is "all"/,
    ],
    [knownOf(), factsOf({ copy: "lost", policy: { keepMs: 0 } }), "fetch", /the store does not have it/],
    [knownOf(), factsOf({ mayDelete: false, policy: { keepMs: 0 } }), "skip", /listing was odd/],
    [
      knownOf({ pending: { at: 1, why: "x" } }),
      factsOf({ policy: { keepMs: 0 } }),
      "delete",
      /x; its removal was not confirmed/,
    ],
    [
      knownOf({ pending: { at: 1, why: 'server.keep is "0"' } }),
      factsOf(),
      "skip",
      /^stays: it was to be removed \(server\.keep is "0"\), and the rule of today keeps it$/,
    ],
    [
      knownOf({ pending: { at: 1, why: 'server.keep is "0"' } }),
      factsOf({ policy: { keepMs: 11 * DAY_MS } }),
      "skip",
      /^stays: it was to be removed/,
    ],
    [
      knownOf({ pending: { at: 1, why: "its owner asked for it" } }),
      factsOf(),
      "delete",
      /asked for it; its removal was not confirmed/,
    ],
    [knownOf({ rule: "delete []" }), factsOf(), "delete", /a filter wants it removed/],
    [knownOf({ rule: "delete [1]" }), factsOf(), "skip", /stays/],
    [knownOf({ collectedAt: NOW + DAY_MS }), factsOf({ policy: { keepMs: 1 } }), "skip", /stays/],
  ];
  for (const [known, facts, action, why] of rows) {
    const decision = decided(known, facts);
    assert.equal(decision.action, action, decision.why);
    assert.match(decision.why, why);
  }
});

test("whatever is said, nothing is removed but what was collected whole and has a copy, and nothing after a fetch of a header", () => {
  const states = fc.constantFrom<MessageState>("new", "collected", "headers-only", "filtered", "quarantined", "seen");
  const copies = fc.constantFrom<CopyState>("there", "removed", "missing", "lost", "elsewhere");
  const age = fc.constantFrom(undefined, 0, 1, DAY_MS);
  const seed = 40_217;
  fc.assert(
    fc.property(
      fc.record({
        state: states,
        copy: copies,
        keepMs: age,
        octetsMax: fc.constantFrom(undefined, 10),
        locally: fc.boolean(),
        mayDelete: fc.boolean(),
        pending: fc.boolean(),
        filter: fc.constantFrom(undefined, "skip" as const, "delete" as const),
        rule: fc.constantFrom(undefined, "delete []", "delete [1]"),
      }),
      (o) => {
        const known = knownOf({ state: o.state, rule: o.rule, pending: o.pending ? { at: 1, why: "w" } : undefined });
        const policy = { keepMs: o.keepMs, octetsMax: o.octetsMax, deleteWhenDeletedLocally: o.locally };
        const decision = decided(
          known,
          factsOf({
            policy,
            copy: o.copy,
            mayDelete: o.mayDelete,
            ...(o.filter === undefined ? {} : { filter: o.filter }),
          }),
        );
        if (decision.action === "delete") {
          assert.equal(o.state, "collected");
          assert.ok(o.mayDelete && (o.copy === "there" || o.copy === "removed"));
        }
        if (decision.action !== "fetch") assert.equal(decision.thenDelete, undefined);
        assert.notEqual(decision.why, "");
      },
    ),
    { seed, numRuns: 2_000 },
  );
});

test("messages are known by unique-id and size, and by their header where both are shared", () => {
  const known = [
    knownOf({ id: 1, uniqueId: "a", octets: 5 }),
    knownOf({ id: 2, uniqueId: "d", octets: 5, keyHash: "h1" }),
    knownOf({ id: 3, uniqueId: "d", octets: 5, keyHash: "h2" }),
  ];
  const listed = [
    { n: 1, uniqueId: "a", octets: 5, isDuplicate: false },
    { n: 2, uniqueId: "a", octets: 6, isDuplicate: false },
    { n: 3, uniqueId: "d", octets: 5, isDuplicate: true },
    { n: 4, uniqueId: "d", octets: 5, isDuplicate: true },
    { n: 5, uniqueId: "A", octets: 5, isDuplicate: false },
  ];
  const { pairs, absent } = pairOf(
    listed,
    known,
    new Map([
      [3, "h2"],
      [4, "h9"],
    ]),
  );
  assert.deepEqual(
    pairs.map(({ known: found, isReused }) => [found?.id, isReused]),
    [
      [1, false],
      [undefined, true],
      [3, false],
      [undefined, false],
      [undefined, false],
    ],
  );
  assert.deepEqual(
    absent.map(({ id }) => id),
    [2],
  );
});

test("a migration is more than half gone and as many come; each old message is found once", () => {
  const known = Array.from({ length: 4 }, (_, i) =>
    knownOf({ id: i + 1, uniqueId: `old${i}`, octets: 10, headerHash: i < 2 ? "same" : `h${i}` }),
  );
  const listed = Array.from({ length: 4 }, (_, i) => ({
    n: i + 1,
    uniqueId: `new${i}`,
    octets: 10,
    isDuplicate: false,
  }));
  const migration = findMigration(pairOf(listed, known, new Map()));
  assert.ok(migration !== undefined);
  const adoptions = matchMigration(
    migration,
    new Map([
      [1, "same"],
      [2, "same"],
      [3, "same"],
      [4, "h2"],
    ]),
  );
  assert.deepEqual(
    adoptions.map(({ entry, known: { id } }) => [entry.n, id]),
    [
      [1, 1],
      [2, 2],
      [4, 3],
    ],
  );
  const half = [
    ...listed.slice(0, 2),
    ...known.slice(0, 2).map(({ uniqueId, octets }, i) => ({ n: 3 + i, uniqueId, octets, isDuplicate: false })),
  ];
  assert.equal(findMigration(pairOf(half, known, new Map())), undefined, "half is not more than half");
  assert.equal(findMigration(pairOf([], known, new Map())), undefined, "an empty listing is none");
});

test("a guard asks above twenty and above half, and never for what the run itself collected", () => {
  const old = (count: number) =>
    Array.from({ length: count }, (_, i) => decided(knownOf({ id: i + 1 }), factsOf({ policy: { keepMs: 0 } })));
  const asked = (o: {
    readonly count: number;
    readonly listed: number;
    readonly own?: number;
    readonly clock?: ClockFinding;
  }) =>
    guard({
      deletes: old(o.count),
      listed: o.listed,
      collectedNow: new Set(Array.from({ length: o.own ?? 0 }, (_, i) => i + 1)),
      clockDoubt: o.clock,
      restored: undefined,
      allowed: new Map(),
    }).map(({ kind }) => kind);
  const wrong = { code: "set-back", days: 2 } as const;
  assert.deepEqual(asked({ count: 21, listed: 41 }), ["many"]);
  assert.deepEqual(asked({ count: 21, listed: 42 }), []);
  assert.deepEqual(asked({ count: 20, listed: 20 }), []);
  assert.deepEqual(asked({ count: 30, listed: 30, own: 10 }), []);
  assert.deepEqual(asked({ count: 1, listed: 50, clock: wrong }), ["clock"]);
  assert.deepEqual(asked({ count: 5, listed: 50, own: 5, clock: wrong }), []);
});

test("a question has what it asks about beside its words", () => {
  const deletes = Array.from({ length: 21 }, (_, i) =>
    decided(knownOf({ id: i + 1 }), factsOf({ policy: { keepMs: 0 } })),
  );
  const asked = guard({
    deletes,
    listed: 30,
    collectedNow: new Set(),
    clockDoubt: { code: "set-back", days: 40 },
    restored: "server",
    allowed: new Map(),
  });
  const messages = 21;
  assert.deepEqual(asked, [
    { kind: "many", messages, going: 21, listed: 30, text: "remove 21 of 30 messages from the server in one run?" },
    {
      kind: "clock",
      messages,
      doubt: { code: "set-back", days: 40 },
      text: "this machine's clock was set back by 40 days: remove 21 messages from the server all the same?",
    },
    {
      kind: "restored",
      messages,
      what: "server",
      text: "messages that were removed there are there again: was the server restored from a backup?: remove 21 messages from the server all the same?",
    },
  ]);
});

test("a clock is doubted when it and the time since boot disagree by more than a day", () => {
  const at = (wallDays: number, upDays: number, boot = "a"): ClockReading => ({
    wallMs: NOW + wallDays * DAY_MS,
    uptimeMs: upDays * DAY_MS,
    boot,
  });
  const believed = at(0, 5);
  const doubt = (now: ClockReading, serverMs?: number, isProven = true): ClockFinding | undefined =>
    clockDoubt({ now, believed, serverMs, isProven });
  assert.equal(doubt(at(30, 35)), undefined, "a month of running");
  assert.deepEqual(doubt(at(2, 5)), { code: "set-forward", days: 2 });
  assert.deepEqual(doubt(at(-2, 5)), { code: "set-back", days: 2 });
  assert.equal(doubt(at(0.9, 0, "b")), undefined, "a night switched off");
  assert.deepEqual(doubt(at(3, 0, "b")), { code: "moved-forward", days: 3 });
  assert.equal(doubt(at(3, 0, "b"), NOW + 2.5 * DAY_MS), undefined, "fresh mail tells");
  assert.deepEqual(doubt(at(3, 0, "b"), NOW + 2.5 * DAY_MS, false), { code: "moved-forward", days: 3 }, "of now alone");
  assert.equal(doubt(at(-3, 0, "b"), NOW - 3.5 * DAY_MS, false), undefined, "nothing gets old by going back");
  assert.deepEqual(doubt(at(0, 5), NOW + 3 * DAY_MS), { code: "behind", days: 3 });
  assert.equal(clockDoubtText({ code: "behind", days: 1 }), "this machine's clock is a day behind the server's");
  assert.equal(clockDoubt({ now: at(0, 0), believed: undefined, serverMs: undefined }), undefined);
  assert.equal(timeToWrite({ now: at(-2, 5), believed, serverMs: undefined }), believed.wallMs);
  assert.equal(timeToWrite({ now: at(-2, 5), believed, serverMs: NOW + DAY_MS }), NOW + DAY_MS);
});

test("what failed before comes last, and no more comes than may", () => {
  const decision = (n: number, attempts: number) => ({
    ...decided(attempts === 0 ? undefined : knownOf({ id: n, state: "new", attempts, failure: "cut off" }), factsOf()),
    n,
  });
  const all = [decision(1, 1), decision(2, 0), decision(3, 0), decision(4, 2)];
  const numbers = (rows: readonly { readonly n: number }[]): readonly number[] => rows.map(({ n }) => n);
  const queue = queueOf(all, { policy: { ...POLICY, messagesMax: 3 }, done: 0 });
  assert.deepEqual([numbers(queue.fresh), numbers(queue.failing), numbers(queue.left)], [[2, 3], [1], [4]]);
  assert.deepEqual(numbers(queueOf(all, { policy: { ...POLICY, order: "newest" }, done: 0 }).fresh), [3, 2]);
  assert.deepEqual(numbers(queueOf(all, { policy: { ...POLICY, messagesMax: 3 }, done: 2 }).left), [3, 1, 4]);
  const failedNow = ({ n }: { readonly n: number }): number => (n === 1 ? 1 : 0);
  assert.deepEqual(numbers(queueOf(all, { policy: POLICY, done: 0, failedNow }).failing), [4, 1]);
});

test("of messages that shared a unique-id the one that is left is known by its header", () => {
  const known = [
    knownOf({ id: 1, keyHash: "a", headerHash: "a" }),
    knownOf({ id: 2, keyHash: "b", headerHash: "b" }),
    knownOf({ id: 3, keyHash: "b#2", headerHash: "b" }),
  ];
  assert.deepEqual(needingHeaders([ENTRY], known), [ENTRY], "its header is asked for");
  assert.deepEqual(needingHeaders([ENTRY], known.slice(0, 1)), [ENTRY], "also when one of them alone is known");
  assert.deepEqual(needingHeaders([ENTRY], [knownOf()]), [], "one that was always alone needs none");
  const left = (header: string, of = known): number | undefined =>
    pairOf([ENTRY], of, new Map([[1, header]])).pairs[0]?.known?.id;
  assert.deepEqual([left("a"), left("b"), left("c")], [1, 2, undefined]);
  const gone = known.map((message) => (message.id === 2 ? { ...message, removedAt: NOW } : message));
  assert.equal(left("b", gone), 3, "one that was removed is not the one that is left");
  const [first] = known;
  assert.ok(first !== undefined);
  assert.deepEqual([left("a", [first]), left("b", [first])], [1, undefined], "it may be one that never came");
  const alone = knownOf({ id: 4, headerHash: "c" });
  assert.deepEqual([left("a", [alone, first]), left("c", [alone, first])], [1, 4], "whoever was alone at first");
  const twins = [{ ...ENTRY, isDuplicate: true }];
  assert.equal(
    pairOf(twins, gone, new Map([[1, "b"]])).pairs[0]?.known?.id,
    3,
    "and of those that share it still, neither is one that was removed",
  );
});
