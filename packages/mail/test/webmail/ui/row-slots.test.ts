import assert from "node:assert/strict";
import { test } from "node:test";
import { RowSlots } from "../../../src/webmail/ui/list/row-slots.ts";

const inOrder = (slots: ReadonlyMap<string, number>): readonly number[] => [...slots.values()];

void test("a row keeps its slot while it is drawn, whatever comes and goes around it", () => {
  const slots = new RowSlots();
  const before = new Map(slots.of(["a", "b", "c"], "inbox", true));
  const after = slots.of(["new", "b", "c", "d"], "inbox", true);
  assert.equal(after.get("b"), before.get("b"));
  assert.equal(after.get("c"), before.get("c"));
  assert.equal(new Set(inOrder(after)).size, 4);
});

void test("within one list nothing is drawn where another row was: it may have had the focus", () => {
  const slots = new RowSlots();
  const before = inOrder(slots.of(["a", "b"], "inbox", true));
  const after = slots.of(["c", "b"], "inbox", true);
  assert.ok(!before.includes(after.get("c") ?? -1));
});

void test("another list is drawn where the one before was, in the same order, and needs slots of its own only beyond", () => {
  const slots = new RowSlots();
  const before = inOrder(slots.of(["a", "b", "c"], "inbox", true));
  const after = slots.of(["x", "y", "z", "w"], "search x", true);
  assert.deepEqual(inOrder(after).slice(0, 3), before);
  assert.ok(!before.includes(after.get("w") ?? -1));
});

void test("a row that is in both lists stays where it is drawn", () => {
  const slots = new RowSlots();
  const before = new Map(slots.of(["a", "b", "c"], "inbox", true));
  const after = slots.of(["x", "b"], "search x", true);
  assert.equal(after.get("b"), before.get("b"));
  assert.equal(after.get("x"), before.get("a"));
});

void test("where a row has the focus, no other is drawn in its place", () => {
  const slots = new RowSlots();
  const before = inOrder(slots.of(["a", "b"], "inbox", true));
  const after = inOrder(slots.of(["x", "y"], "archive", false));
  assert.ok(after.every((slot) => !before.includes(slot)));
});

void test("a list drawn twice is drawn in the same slots", () => {
  const slots = new RowSlots();
  slots.of(["a", "b"], "inbox", true);
  const once = inOrder(slots.of(["x", "y"], "search x", true));
  assert.deepEqual(inOrder(slots.of(["x", "y"], "search x", true)), once);
});
