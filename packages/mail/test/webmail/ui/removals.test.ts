// What is taken away waits until nobody can take that back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Removals } from "../../../src/webmail/ui/acts/removals.ts";
import { undoLast } from "../../../src/webmail/ui/acts/toasts.ts";

test("a file that was taken off is taken off for good when its undo is gone, not before and not once it was undone", () => {
  const removals = new Removals();
  const did: string[] = [];
  const takeOff = (name: string): void =>
    removals.add(name, {
      text: name,
      remove: async () => did.push(`removed ${name}`),
      bringBack: () => did.push(`back ${name}`),
    });
  takeOff("a");
  assert.ok(removals.has("a"));
  takeOff("b"); // Its toast takes the place of the one before, which can still be undone.
  assert.deepEqual(did, []);
  assert.ok(removals.has("a"));
  undoLast();
  assert.equal(removals.has("b"), false);
  undoLast();
  assert.equal(removals.has("a"), false);
  takeOff("c");
  takeOff("d");
  removals.carryOut();
  removals.carryOut();
  takeOff("e");
  takeOff("f");
  removals.drop();
  removals.carryOut();
  assert.notEqual(undoLast()?.kind, "undone");
  assert.deepEqual(did, ["back b", "back a", "removed c", "removed d"]);
});

test("what is made again meanwhile is not taken away: what waits is undone, what is under way is waited for", async () => {
  const removals = new Removals();
  const did: string[] = [];
  let answer = (): void => undefined;
  const isAnswered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const takeAway = (name: string): void =>
    removals.add(name, {
      text: name,
      async remove() {
        did.push(`removing ${name}`);
        await isAnswered;
        did.push(`removed ${name}`);
      },
      bringBack: () => did.push(`back ${name}`),
    });
  takeAway("a");
  takeAway("b");
  await removals.restore("a");
  removals.carryOut();
  assert.notEqual(undoLast()?.kind, "undone");
  assert.deepEqual(did, ["back a", "removing b"]);
  const restored = removals.restore("b").then(() => did.push("made b"));
  answer();
  await restored;
  assert.deepEqual(did, ["back a", "removing b", "removed b", "made b"]);
  await removals.restore("nobody took it away");
});
