// The list of checks. Each says how much it read, and reading nothing is a failure: a checker that passes on an empty
// tree is worse than none.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkApi } from "./api-report.ts";
import { root, runCommand } from "./command.ts";
import { checkCoverage } from "./coverage.ts";
import { checkDocs } from "./docs-fresh.ts";
import { checkDocuments } from "./documents.ts";
import type { Verdict } from "./finding.ts";
import { checkLayers } from "./layers.ts";
import { checkPublished } from "./published.ts";
import { checkCitations } from "./rfc-citations.ts";
import { checkTree } from "./tree.ts";

export interface Check {
  readonly name: string;
  /** What holds when it passes. */
  readonly says: string;
  /** True when the other checks read what this one builds. */
  readonly builds?: true;
  run(): Promise<Verdict>;
}

export const CHECKS: readonly Check[] = [
  { name: "types", says: "sources, tests, scripts and benches compile", builds: true, run: () => checkTypes(root) },
  { name: "coverage", says: "every branch of wire and sasl is tested", run: () => checkCoverage(root) },
  { name: "package", says: "the packed packages import well", run: () => checkPublished(root) },
  { name: "lint", says: "promises awaited, switches whole, imports allowed", run: () => checkLint(root) },
  { name: "dead-code", says: "nothing is exported, listed or kept without use", run: () => checkDeadCode(root) },
  { name: "api", says: "the public API is the one in api/", run: async () => checkApi(root, { update: false }) },
  { name: "docs", says: "generated pages are what the code says", run: () => checkDocs(root) },
  { name: "documents", says: "links, paths and cited tests are there", run: async () => checkDocuments(root) },
  { name: "format", says: "oxfmt would change nothing", run: () => checkFormat(root) },
  { name: "layers", says: "references and import table agree", run: async () => checkLayers(root) },
  { name: "citations", says: "every cited RFC is in rfc/index.tsv", run: async () => checkCitations(root) },
  { name: "tree", says: "names, front doors, dependencies, no machine's traces", run: async () => checkTree(root) },
];

/** tsc refuses an import that is no project reference, so this is also half of the layer check. */
export async function checkTypes(folder: string): Promise<Verdict> {
  const dry = await runCommand("tsc", ["-b", "tsconfig.check.json", "--dry"], { cwd: folder });
  const projects = dry.output.match(/project '/gi)?.length ?? 0;
  const { code, output } = await runCommand("tsc", ["-b", "tsconfig.check.json", "--pretty", "false"], { cwd: folder });
  return verdict(code, output, projects, "projects");
}

export async function checkLint(folder: string): Promise<Verdict> {
  const { code, output } = await runCommand("oxlint", ["--deny-warnings", "--format", "json"], { cwd: folder });
  const start = output.indexOf("{");
  if (start < 0) return { problems: [output], read: "nothing" };
  const report = JSON.parse(output.slice(start)) as LintReport;
  const problems = report.diagnostics.map((found) => {
    const line = found.labels[0]?.span.line;
    return `${found.filename}${line === undefined ? "" : `:${line}`}: ${found.code}: ${found.message}`;
  });
  return verdict(code, problems.join("\n"), report.number_of_files, "files");
}

interface LintReport {
  readonly number_of_files: number;
  readonly diagnostics: readonly {
    readonly filename: string;
    readonly code: string;
    readonly message: string;
    readonly labels: readonly { readonly span: { readonly line: number } }[];
  }[];
}

export async function checkFormat(folder: string): Promise<Verdict> {
  const { code, output } = await runCommand("oxfmt", ["--check"], { cwd: folder });
  return verdict(code, output, Number(/on (\d+) files/.exec(output)?.[1] ?? 0), "files");
}

/** An entry pattern that matches nothing is an error too, so the configuration cannot go blind. */
export async function checkDeadCode(folder: string): Promise<Verdict> {
  const { code, output } = await runCommand("knip", ["--no-progress", "--treat-config-hints-as-errors"], {
    cwd: folder,
  });
  const entries = (readFileSync(join(folder, "knip.json"), "utf8").match(/\*\*?[^"]*\.(?:test\.)?ts"/g) ?? []).length;
  return verdict(code, output, entries, "patterns");
}

function verdict(code: number, output: string, count: number, what: string): Verdict {
  const read = `${count} ${what}`;
  if (code !== 0) return { problems: [output.trim() === "" ? `exit code ${code}` : output.trim()], read };
  return { problems: count > 0 ? [] : [`read nothing: a check that reads nothing proves nothing\n${output}`], read };
}
