// What the sessions of POP2 and POP1 have in common.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FamilyPlayer } from "./family-player.ts";

for (const generation of ["pop2", "pop1"] as const)
  test(`${generation}: answers that come after the end let the mailbox go`, () => {
    const maildrop = { count: 1, octets: 5, octetsOf: () => 5, uniqueIdOf: () => "x" };
    for (const late of [
      { kind: "maildrop-opened", maildrop },
      { kind: "commit-failed", code: "LEASE_LOST" },
    ] as const) {
      const player = new FamilyPlayer(generation);
      player.happen({ kind: "disconnected" });
      player.happen(late);
      player.happen({ kind: "committed" });
      assert.equal(player.released, 1);
    }
  });
