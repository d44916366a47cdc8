import assert from "node:assert/strict";
import { test } from "node:test";
import { behindOf } from "../../../src/webmail/ui/list/behind.ts";
import { wordsIn } from "../../../src/webmail/ui/words/words.ts";

const index = { waiting: 0, messages: 100_000, stopped: null } as const;

test("that messages wait is said from 200 on, and above an empty list from the first", () => {
  const said = (waiting: number) => [false, true].map((isEmpty) => behindOf({ ...index, waiting }, isEmpty));
  assert.deepEqual(said(0), [null, null]);
  assert.deepEqual(said(1), [null, "waiting"]);
  assert.deepEqual(said(199), [null, "waiting"]);
  assert.deepEqual(said(200), ["waiting", "waiting"]);
  assert.equal(behindOf(undefined, true), null);
});

test("that nothing goes on is said whatever waits, and why", () => {
  for (const stopped of ["disk", "failure"] as const)
    for (const waiting of [0, 12_400])
      for (const isEmpty of [false, true]) assert.equal(behindOf({ ...index, waiting, stopped }, isEmpty), stopped);
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
