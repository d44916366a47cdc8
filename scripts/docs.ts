// `npm run docs` writes every generated page anew: docs/wire from the tables of packages/pop/src/wire, the transcript in
// README.md and those of docs/guide/family.md from real sessions; and the kernel that looks at lines, which is compiled. With --outcomes also docs/conformance.md, from the last full test run.
// --check writes nothing and fails when a page is stale.
import { globSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { evidenceOf } from "./conformance/compare.ts";
import { readOutcomes } from "./conformance/outcomes.ts";
import { conformancePage } from "./conformance/page.ts";
import { TEST_PATTERNS } from "./conformance/test-files.ts";
import { writeWireDocs } from "./diagrams.ts";
import { withFamilyParts } from "./family.ts";
import { root } from "./house/command.ts";
import { KERNEL, lineKernel } from "./line-kernel.ts";
import { stalePages, writePages } from "./house/pages.ts";
import { withTranscript } from "./transcript.ts";

const FAMILY = "docs/guide/family.md";
const checking = process.argv.includes("--check");
const pages = new Map<string, string>([
  ...wirePages(),
  ["README.md", await readme()],
  [FAMILY, await family()],
  [KERNEL, await lineKernel(root)],
]);
if (process.argv.includes("--outcomes")) pages.set("docs/conformance.md", conformance());

if (!checking) writePages(root, pages);
const stale = stalePages(root, pages);
for (const path of pages.keys())
  console.log(`${stale.includes(path) ? "stale" : checking ? "fresh" : "wrote"}: ${path}`);
if (stale.length > 0) {
  console.log("npm run docs, then commit the pages");
  process.exitCode = 1;
}

function wirePages(): [string, string][] {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(root, ".cache", "wire-"));
  try {
    writeWireDocs(folder);
    return readdirSync(folder).map((name) => [`docs/wire/${name}`, readFileSync(join(folder, name), "utf8")]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function readme(): Promise<string> {
  return withTranscript(readFileSync(join(root, "README.md"), "utf8"));
}

async function family(): Promise<string> {
  return withFamilyParts(readFileSync(join(root, FAMILY), "utf8"));
}

/** Throws unless the last run was whole: every file, nothing failed, nothing skipped. */
function conformance(): string {
  const run = readOutcomes(join(root, ".cache", "test-outcomes.json"));
  const files = new Set(run.tests.map((test) => test.file));
  const missing = globSync(TEST_PATTERNS, { cwd: root }).filter((file) => !files.has(file));
  const bad = run.tests.filter((test) => test.outcome !== "ok").map((test) => `${test.outcome}: ${test.name}`);
  const problems = [...missing.map((file) => `not run: ${file}`), ...bad];
  if (problems.length > 0) throw new Error(`the page is made from a whole run of npm test:\n${problems.join("\n")}`);
  return conformancePage(evidenceOf(root, run));
}
