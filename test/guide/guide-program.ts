// The programs that stand in the guides, taken out of their pages to be compiled and run.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { root } from "../../scripts/house/command.ts";

interface GuideProgram {
  /** Page in docs/guide, without its ending. */
  readonly page: string;
  /** The test that the page names above its program, without its ending. */
  readonly test: string;
  readonly file: string;
}

/** A folder inside the tree with the program in it, so that `@restante/pop` is found from it. It goes with the test. */
export function guideProgram(context: TestContext, { page, test, file }: GuideProgram): string {
  const mark = `<!-- program: run by test/guide/${test}.test.ts -->\n\n\`\`\`ts\n`;
  const text = readFileSync(join(root, `docs/guide/${page}.md`), "utf8");
  const start = text.indexOf(mark) + mark.length;
  assert.ok(start > mark.length, "the guide marks its program");
  mkdirSync(join(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(root, ".cache/guide-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, file), text.slice(start, text.indexOf("\n```\n", start) + 1));
  return folder;
}
