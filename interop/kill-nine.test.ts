// A seeded sample of the kill -9 trial; all 200 moments with RESTANTE_LONG=1.
import assert from "node:assert/strict";
import { requirement } from "../scripts/conformance/requirement.ts";
import { killNine } from "./kill-nine.ts";

const rounds = process.env["RESTANTE_LONG"] === "1" ? 200 : 5;
const seed = Number(process.env["RESTANTE_SEED"] ?? Date.now() % 1_000_000);

requirement(
  ["LM-S-005", "P3-S-134"],
  `nothing acknowledged is lost or torn by kill -9 (${rounds} of 200 moments)`,
  async (context) => {
    const report = await killNine({ rounds, seed });
    context.diagnostic(JSON.stringify(report));
    assert.deepEqual(
      { lost: report.lost, torn: report.torn, doubled: report.doubled, wrongQuits: report.wrongQuits },
      { lost: 0, torn: 0, doubled: 0, wrongQuits: 0 },
    );
    assert.ok(report.acknowledged + report.removedWithOk > rounds, "the load delivered something");
  },
);
