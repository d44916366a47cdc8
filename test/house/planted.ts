// A small tree that carries the project's own configuration, into which a test plants one violation.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { root } from "../../scripts/house/command.ts";

const CONFIGURATION = [".oxlintrc.json", ".oxfmtrc.json", ".gitignore", "tsconfig.base.json", "package.json"];

/** Writes `files` (path to text) beside copies of the configuration; removed after the test. */
export function plant(context: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "restante-house-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of CONFIGURATION) cpSync(join(root, name), join(folder, name));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A folder of the source with its compile project. */
export function sourceFolder(folder: string, references: readonly string[]): Readonly<Record<string, string>> {
  return {
    [`${folder}/tsconfig.json`]: JSON.stringify({
      extends: "../../../../tsconfig.base.json",
      compilerOptions: { rootDir: ".", outDir: `../../dist/${folder.slice(folder.lastIndexOf("/") + 1)}` },
      include: ["."],
      references: references.map((path) => ({ path })),
    }),
  };
}
