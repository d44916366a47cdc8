// Long lines are laid out in slices, and nothing of them is lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { slicesOf } from "../../../src/webmail/ui/read/slices.ts";

test("text whose lines are of a usual length stays whole, however long it is", () => {
  const text = `${"word ".repeat(200)}\n`.repeat(500);
  assert.deepEqual(slicesOf(text), [text]);
});

test("a line of half a million characters is cut into slices that make it up again", () => {
  const text = `before\n${"a".repeat(524_288)}\nafter`;
  const slices = slicesOf(text);
  assert.equal(slices.join(""), text);
  assert.ok(slices.every((slice) => slice.length > 0 && slice.length <= 4_000));
});

test("lines around a long one are not cut, and no character is", () => {
  assert.deepEqual(slicesOf(`one\ntwo\n${"x".repeat(4_001)}`).slice(0, 2), ["one\ntwo\n", "x".repeat(4_000)]);
  const slices = slicesOf(`x${"\u{1F4EE}".repeat(3_000)}`);
  assert.equal(slices.join(""), `x${"\u{1F4EE}".repeat(3_000)}`);
  assert.ok(slices.every((slice) => !/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/.test(slice)));
});
