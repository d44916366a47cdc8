import assert from "node:assert/strict";
import { test } from "node:test";
import { type Side, swipeWish } from "../../../src/webmail/ui/list/swipe.ts";

const of = (side: Side) =>
  ["inbox", "archive", "junk", "trash", "sent", "drafts", null].map((role) =>
    swipeWish(side, role as Parameters<typeof swipeWish>[1]),
  );

test("one way archives, and leads back to the inbox out of the archive and the trash", () => {
  assert.deepEqual(of("end"), ["archive", "inbox", "archive", "inbox", "archive", "archive", "archive"]);
});

test("the other way moves to the trash, and what is there is deleted by no swipe", () => {
  assert.deepEqual(of("start"), ["trash", "trash", "trash", null, "trash", "trash", "trash"]);
});
