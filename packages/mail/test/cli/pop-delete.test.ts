// `delete`: what is removed, and what is said where that is not sure.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pop } from "./pop-peer.ts";

test("delete removes what it marked and says so", async () => {
  const { code, stdout, left } = await pop("delete", ["1", "--unique-id", "id-3"]);
  assert.deepEqual([code, stdout], [0, "2 marked: the server says they are removed.\n"]);
  assert.deepEqual(left, ["id-2"]);
});

test("delete --dry-run removes nothing", async () => {
  const { code, stdout, left } = await pop("delete", ["--all", "--dry-run"]);
  assert.deepEqual([code, stdout], [0, "3 could be marked; nothing was removed.\n"]);
  assert.deepEqual(left, ["id-1", "id-2", "id-3"]);
});

test("when one mark is refused, delete removes nothing", async () => {
  const { code, left } = await pop("delete", ["--all"], { faults: [{ on: "DELE 2", answer: "-ERR no" }] });
  assert.notEqual(code, 0);
  assert.deepEqual(left, ["id-1", "id-2", "id-3"]);
});

for (const [status, faults] of [
  ["partial", [{ on: "QUIT", answer: "-ERR some not removed", removes: [1] }]],
  ["unknown", [{ on: "QUIT", drop: 0 }]],
] as const) {
  test(`a commit that is ${status} is told as such, with 75`, async () => {
    const { code, stdout } = await pop("delete", ["1-2", "--json"], { faults });
    assert.equal(code, 75);
    assert.equal((JSON.parse(stdout) as { readonly status: string }).status, status);
  });
}
