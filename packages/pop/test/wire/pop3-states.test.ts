import assert from "node:assert/strict";
import { test } from "node:test";
import { POP3_STATES, transition, TRANSITIONS, type Pop3State, type Trigger } from "../../src/wire/index.ts";

// RFC 1939 §3, §4, §6 and RFC 2595 §4, by hand.
const expected: readonly (readonly [from: Pop3State, by: Trigger, to: Pop3State])[] = [
  ["authorization", "tls-started", "authorization"],
  ["authorization", "maildrop-opened", "transaction"],
  ["authorization", "quit", "closed"],
  ["authorization", "too-many-errors", "closed"],
  ["authorization", "stopped", "closed"],
  ["authorization", "timeout", "closed"],
  ["authorization", "disconnected", "closed"],
  ["transaction", "quit", "update"],
  ["transaction", "too-many-errors", "closed"],
  ["transaction", "stopped", "closed"],
  ["transaction", "timeout", "closed"],
  ["transaction", "disconnected", "closed"],
  ["update", "committed", "closed"],
  ["update", "commit-failed", "closed"],
  ["update", "timeout", "closed"],
  ["update", "disconnected", "closed"],
];

test("these transitions exist and no others", () => {
  const found = Object.entries(TRANSITIONS).flatMap(([from, by]) =>
    Object.entries(by).map(([trigger, to]) => [from, trigger, to]),
  );
  assert.deepEqual(found.toSorted(), expected.toSorted());
  for (const [from, by, to] of expected) assert.equal(transition(from, by), to);
});

test("only QUIT leads to UPDATE", () => {
  const ways = expected.filter(([, , to]) => to === "update");
  assert.deepEqual(ways, [["transaction", "quit", "update"]]);
});

test("what the table lacks is our own mistake, not the peer's", () => {
  const triggers = [...new Set(expected.map(([, by]) => by))];
  let refused = 0;
  for (const from of POP3_STATES) {
    for (const by of triggers) {
      if (expected.some(([state, trigger]) => state === from && trigger === by)) continue;
      assert.throws(() => transition(from, by), { name: "Error", message: `no transition from ${from} by ${by}` });
      refused += 1;
    }
  }
  assert.equal(refused, 4 * 9 - 16);
});
