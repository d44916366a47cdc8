// The program of docs/guide/testing.md compiles and its tests pass.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runCommand } from "../../scripts/house/command.ts";
import { guideProgram } from "./guide-program.ts";

const PROGRAM = { page: "testing", test: "testing", file: "program.test.ts" };

test("the program of the testing guide compiles", async (context) => {
  const folder = guideProgram(context, PROGRAM);
  const config = {
    extends: "../../tsconfig.base.json",
    compilerOptions: {
      composite: false,
      declaration: false,
      noEmit: true,
      rewriteRelativeImportExtensions: false,
      types: ["node"],
    },
    files: ["program.test.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { code, output } = await runCommand("tsc", ["-p", folder]);
  assert.equal(output, "");
  assert.equal(code, 0);
});

test("the tests of the testing guide pass, all of them", async (context) => {
  const program = join(guideProgram(context, PROGRAM), "program.test.ts");
  const flags = ["--conditions=restante-source", "--test", "--test-reporter=tap"];
  const { code, output } = await runCommand(process.execPath, [...flags, program]);
  assert.match(output, /^# pass 4$/m, output);
  assert.equal(code, 0, output);
});
