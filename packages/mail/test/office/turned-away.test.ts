import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createLog } from "../../src/observe/index.ts";
import { TurnedAway } from "../../src/office/turned-away.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

test("a flood of logins that are turned away leaves one line a minute, and every login is counted", (context) => {
  const directory = temporaryDirectory(context);
  const file = join(directory, "log");
  const log = createLog({ level: "info", destination: file });
  let now = 5;
  const turnedAway = new TurnedAway(log, () => now);
  for (let login = 0; login < 1_201; login += 1) {
    turnedAway.add("too many at once");
    now += 100;
  }
  log.flush();
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const told = lines.map((line) => JSON.parse(line) as { level: string; logins: number; reason: string });
  // The first at 0 s, then those of 0.1 to 60 s, then those of 60.1 to 120 s.
  assert.deepEqual(
    told.map(({ level, logins, reason }) => [level, logins, reason]),
    [
      ["warn", 1, "too many at once"],
      ["warn", 600, "too many at once"],
      ["warn", 600, "too many at once"],
    ],
  );
});
