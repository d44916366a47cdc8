import assert from "node:assert/strict";
import { test } from "node:test";
import type { Role } from "../../../src/webmail/api/schema/index.ts";
import { actOf, targetOf } from "../../../src/webmail/ui/acts/target.ts";
import { swipeWish } from "../../../src/webmail/ui/list/swipe.ts";
import { aRow } from "./samples.ts";

test("drawn aside either way a row leaves where it is, and to delete it for good there is no way", () => {
  const roles: readonly (Role | null)[] = ["inbox", "archive", "junk", "trash", "sent", "drafts", null];
  for (const role of roles)
    for (const side of ["start", "end"] as const) {
      const wish = swipeWish(side, role);
      const target = targetOf([aRow({ role })]);
      assert.ok(target !== null);
      // The trash has one way out.
      if (wish === null) assert.deepEqual([role, side], ["trash", "start"]);
      else assert.notEqual(actOf(wish, target), undefined, `${role} ${side}`);
    }
});
