// The space kept back for a full disk: whatever is wrong with it, the writer lives.
import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Reserve } from "../../src/mailstore/sqlite/reserve.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

test("space is kept back, spent once, and got back", (context) => {
  const folder = temporaryDirectory(context);
  const path = join(folder, "reserve");
  const reserve = new Reserve(path);
  assert.equal(statSync(path).size, 4 * 1_048_576);
  assert.deepEqual([reserve.spend(), reserve.spend()], [true, false]);
  assert.equal(statSync(path, { throwIfNoEntry: false }), undefined);
  assert.equal(reserve.restore(), true);
  assert.equal(statSync(path).size, 4 * 1_048_576);
});

test("a reserve that cannot be made for another reason than space ends nothing", (context) => {
  const folder = temporaryDirectory(context);
  const path = join(folder, "reserve");
  mkdirSync(path);
  assert.equal(new Reserve(path).restore(), true);
});
