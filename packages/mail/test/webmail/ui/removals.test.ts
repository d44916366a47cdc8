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
  assert.equal(undoLast(), false);
  assert.deepEqual(did, ["back b", "back a", "removed c", "removed d"]);
});
