// Which event is next for a tab, and from where a stream is read again for one that is behind.
import assert from "node:assert/strict";
import { test } from "node:test";
import { orderOf, readAgainFrom } from "../../../src/webmail/ui/data/event-order.ts";
import type { Told } from "../../../src/webmail/ui/data/stream.ts";

const told = (id: string, kind: "sources-changed" | "resync" = "sources-changed"): Told => ({ id, event: { kind } });

test("an event is next only right behind the last one, and missing ones are noticed", () => {
  assert.equal(orderOf("a:4", told("a:5")), "next");
  assert.equal(orderOf("a:-1", told("a:0")), "next");
  assert.equal(orderOf("a:5", told("a:5")), "had");
  assert.equal(orderOf("a:5", told("a:2")), "had");
  assert.equal(orderOf("a:5", told("a:7")), "gap");
  assert.equal(orderOf("a:5", told("b:6")), "gap", "another start of the server");
  assert.equal(orderOf("", told("a:0")), "gap", "nothing is known yet");
  assert.equal(orderOf("a:5", told("b:90", "resync")), "next");
});

test("a stream is read again from where the tab behind stands, and anew when that cannot be told", () => {
  assert.equal(readAgainFrom("a:9", "a:4"), "a:4");
  assert.equal(readAgainFrom("a:9", "a:9"), undefined);
  assert.equal(readAgainFrom("a:9", "a:12"), undefined, "it will come there");
  assert.equal(readAgainFrom("a:9", "b:4"), "");
  assert.equal(readAgainFrom("a:9", ""), "");
  assert.equal(readAgainFrom("", "a:4"), undefined, "all are about to read everything anew");
});
