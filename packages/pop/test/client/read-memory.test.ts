// Memory that is read into again and again: never while somebody has a piece of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadMemory } from "../../src/client/read-memory.ts";

function filledWith(memory: ReadMemory, octet: number, octets: number): Uint8Array {
  memory.space().fill(octet, 0, octets);
  return memory.filled(octets);
}

test("what is held is not overwritten, and what was released is", () => {
  const memory = new ReadMemory();
  const held = filledWith(memory, 1, 100_000);
  memory.hold(held);
  for (let octet = 2; octet < 20; octet += 1) filledWith(memory, octet, 100_000);
  assert.ok(held.every((octet) => octet === 1));
  memory.release(held);
  const places = new Set(Array.from({ length: 20 }, () => filledWith(memory, 9, 100_000).buffer));
  assert.ok(places.size <= 2, "the same memory serves");
});

test("a piece held twice is held until it is released twice", () => {
  const memory = new ReadMemory();
  const held = filledWith(memory, 1, 200_000);
  memory.hold(held);
  memory.hold(held.subarray(5, 10));
  memory.release(held);
  for (let octet = 2; octet < 20; octet += 1) filledWith(memory, octet, 200_000);
  assert.ok(held.every((octet) => octet === 1));
});

test("octets from elsewhere are nobody's", () => {
  const memory = new ReadMemory();
  const foreign = new Uint8Array(3);
  memory.hold(foreign);
  memory.release(foreign);
  assert.equal(memory.has(foreign), false);
});
