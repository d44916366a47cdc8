// The program of docs/guide/testing.md compiles and its tests pass.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { root, runCommand } from "../../scripts/house/command.ts";

const MARK = "<!-- program: run by test/guide/testing.test.ts -->\n\n```ts\n";

test("the program of the testing guide compiles", async (context) => {
  const folder = programFolder(context);
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
  const program = join(programFolder(context), "program.test.ts");
  const flags = ["--conditions=restante-source", "--test", "--test-reporter=tap"];
  const { code, output } = await runCommand(process.execPath, [...flags, program]);
  assert.match(output, /^# pass 4$/m, output);
  assert.equal(code, 0, output);
});

/** A folder inside the tree, so that `@restante/pop` is found from it. */
function programFolder(context: TestContext): string {
  const page = readFileSync(join(root, "docs/guide/testing.md"), "utf8");
  const start = page.indexOf(MARK) + MARK.length;
  assert.ok(start > MARK.length, "the guide marks its program");
  mkdirSync(join(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(root, ".cache/guide-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "program.test.ts"), page.slice(start, page.indexOf("\n```\n", start) + 1));
  return folder;
}
