// Which letters of the name of a file stay in sight where there is no room for all of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { partsOfName } from "../../../src/webmail/ui/parts/parts-of-name.ts";

test("a long name keeps its ending whole, and what stands right before it", () => {
  assert.deepEqual(partsOfName("Invoice 2026-11 please read carefully.pdf.exe"), [
    "Invoice 2026-11 please read careful",
    "ly.pdf.exe",
  ]);
  for (const ending of ["exe", "torrent", "webarchive"])
    assert.ok(partsOfName(`${"a".repeat(60)}.${ending}`)[1].endsWith(`.${ending}`));
});

test("a short name is not divided, and no letter ever is", () => {
  assert.deepEqual(partsOfName("plan.pdf"), ["plan.pdf", ""]);
  const family = "👩‍👩‍👧‍👦";
  const [head, tail] = partsOfName(family.repeat(30));
  assert.equal(head, family.repeat(20));
  assert.equal(tail, family.repeat(10));
});
