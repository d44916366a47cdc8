import assert from "node:assert/strict";
import { test } from "node:test";
import { behindOf } from "../../../src/webmail/ui/list/behind.ts";
import { wordsIn } from "../../../src/webmail/ui/words/words.ts";

const index = { waiting: 0, messages: 100_000, stopped: null } as const;

test("a few that wait are said above an empty list alone, where all that is missing may be among them", () => {
  assert.equal(behindOf({ ...index, waiting: 199 }, false), null);
  assert.equal(behindOf({ ...index, waiting: 1 }, true), "waiting");
  assert.equal(behindOf({ ...index, waiting: 0 }, true), null);
});

test("a few that will not come by themselves are said above every list", () => {
  assert.equal(behindOf({ ...index, waiting: 1, stopped: "disk" }, false), "disk");
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
