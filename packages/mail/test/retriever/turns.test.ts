// A large mailbox keeps nobody waiting: what is remembered of it is read, paired and decided about in turns.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inTurns } from "../../src/retriever/run/turns.ts";
import { FetchState, statePath } from "./lease-of.ts";
import { temporaryFolder } from "./fixture.ts";

/** How often others had their turn while `work` was done. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  const other = (): void => {
    if (isDone) return;
    turns += 1;
    setImmediate(other);
  };
  setImmediate(other);
  await work();
  isDone = true;
  return turns;
}

test("what is remembered of 5,000 messages is read in turns, and is what is read at once", async (context) => {
  const state = FetchState.open(statePath(temporaryFolder(context)));
  context.after(() => state.close());
  for (const source of ["other", "work"])
    state.collected(
      source,
      Array.from({ length: 5_000 }, (_, i) => ({
        message: { id: undefined, uniqueId: `u${i}`, octets: 10, keyHash: "" },
        state: "collected" as const,
        headerHash: undefined,
        sha256: `${i}`,
        wireOctets: 10,
        copies: i % 2 === 0 ? [{ destination: "maildir:/m", place: `${i}` }] : [],
        at: i,
        pendingWhy: undefined,
        rule: undefined,
      })),
    );
  let known: unknown;
  const turns = await turnsDuring(async () => (known = await state.knownInTurns("work")));
  assert.deepEqual(known, state.known("work"));
  assert.ok(turns >= 4, `${turns} turns`);
  assert.deepEqual(await state.knownInTurns("nobody"), []);
});

test("work lets go when it has been at it for long enough", async () => {
  function* slow() {
    for (let i = 0; i < 5; i += 1) {
      for (const since = performance.now(); performance.now() - since < 11;);
      yield;
    }
    return "done";
  }
  let result: unknown;
  const turns = await turnsDuring(async () => (result = await inTurns(slow())));
  assert.deepEqual([result, turns >= 4], ["done", true]);
});
