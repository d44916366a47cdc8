import assert from "node:assert/strict";
import { test } from "node:test";
import { behindOf, doManyWait } from "../../../src/webmail/ui/list/behind.ts";
import { wordsIn } from "../../../src/webmail/ui/words/words.ts";

const index = { waiting: 0, messages: 100_000, stopped: null } as const;

test("a few that wait are said above an empty list alone, where all that is missing may be among them", () => {
  const said = (waiting: number, isEmpty: boolean) => {
    const now = { ...index, waiting };
    return behindOf(now, { isEmpty, doMany: doManyWait(now, false) });
  };
  assert.deepEqual([said(200, false), said(199, false)], ["waiting", null]);
  assert.deepEqual([said(1, true), said(0, true)], ["waiting", null]);
});

test("once many wait it is said until none does, and of a few not again", () => {
  let doMany = false;
  const said = [0, 199, 200, 199, 201, 1, 1, 0, 1, 199].map((waiting) => {
    const now = { ...index, waiting };
    doMany = doManyWait(now, doMany);
    return behindOf(now, { isEmpty: false, doMany }) === "waiting";
  });
  assert.deepEqual(said, [false, false, true, true, true, true, true, false, false, false]);
  assert.equal(doManyWait(undefined, true), true, "while it is asked for it is what it was");
});

test("a few that will not come by themselves are said above every list", () => {
  const stopped = { ...index, waiting: 1, stopped: "disk" } as const;
  assert.equal(behindOf(stopped, { isEmpty: false, doMany: false }), "disk");
});

test("what waits is counted in what is seen, and not in what is read out", () => {
  const { say } = wordsIn("en", []);
  assert.equal(
    say("behind.waiting", { waiting: 12_400, messages: 100_000 }),
    "12,400 of 100,000 messages are still being prepared; they appear as they are ready.",
  );
  assert.match(say("behind.waiting", { waiting: 1, messages: 1 }), /^One message is /);
  assert.equal(say("behind.waiting-told"), "Messages are still being prepared; they appear as they are ready.");
});
