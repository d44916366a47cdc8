// Holds a full test run against the committed conformance page.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestRun } from "./outcomes.ts";
import { conformancePage, staleScope, unprovedMusts, type Evidence } from "./page.ts";
import { readOutOfScope, readRequirements } from "./requirements.ts";

/** A skipped test (its peer is not installed) counts as on the machine that wrote the page. */
export function evidenceOf(root: string, run: TestRun): Evidence {
  const tables = readRequirements(root);
  return { tables, outOfScope: readOutOfScope(root, tables), tests: run.tests };
}

export function conformanceProblems(root: string, run: TestRun): string[] {
  const evidence = evidenceOf(root, run);
  const path = join(root, "docs/conformance.md");
  const committed = existsSync(path) ? readFileSync(path, "utf8") : "";
  return [
    ...unprovedMusts(evidence).map((row) => `no test proves ${row}`),
    ...staleScope(evidence).map((id) => `rfc/out-of-scope.tsv names ${id}, but tests prove all of it: remove the line`),
    ...(committed === conformancePage(evidence)
      ? []
      : ["docs/conformance.md is not what this run shows: npm run docs -- --outcomes, then commit the page"]),
  ];
}
