// A destination that takes longer than a server is patient.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { until } from "../../../pop/test/support/until.ts";
import { openSetting } from "./fixture.ts";

requirement("P3-C-104", "a run says NOOP while mail is being stored", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const setting = await openSetting(context);
  const noops = (): number => setting.peer.commands.filter((command) => command === "NOOP").length;
  const isStored = join(setting.folder, "stored");
  const command = `while [ ! -e ${isStored} ]; do sleep 0.02; done; cat >/dev/null`;
  const running = setting.run({ deliver: [{ to: `exec:${command}` }] });
  try {
    for (let said = 0; said < 3; said += 1)
      await until(() => {
        context.mock.timers.tick(20_000);
        return noops() > said;
      });
  } finally {
    writeFileSync(isStored, "");
  }
  const report = await running;
  assert.deepEqual([report.error, report.arrived.messages, report.exitCode], [undefined, 6, 0]);
});
