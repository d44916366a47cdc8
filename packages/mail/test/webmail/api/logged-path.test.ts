import assert from "node:assert/strict";
import { test } from "node:test";
import { loggedPath } from "../../../src/webmail/api/logged-path.ts";

test("of a path that lets somebody in, or tells where a message looks for images, nothing is logged", () => {
  assert.equal(loggedPath("/open/kF3x-token"), "/open/");
  assert.equal(loggedPath("/cap/kF3x-capability/https:%2F%2Fimages.example%2Fseen?by=anna"), "/cap/");
});

test("of another path as much is logged as finds it", () => {
  assert.equal(loggedPath("/api/list"), "/api/list");
  assert.equal(loggedPath(`/${"x".repeat(4_000)}`).length, 200);
});
