// The requirement tables of rfc/: what every RFC asks, and what we leave for later with its reason.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export interface Requirement {
  readonly id: string;
  readonly section: string;
  readonly level: string;
  readonly text: string;
}

export interface RequirementTable {
  /** File name without its ending: rfc1939, project. */
  readonly name: string;
  readonly rows: readonly Requirement[];
}

export function readRequirements(root: string): readonly RequirementTable[] {
  const folder = join(root, "rfc/requirements");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".tsv"))
    .map((file) => ({ name: file.slice(0, -4), rows: tsv(join(folder, file)).map(requirementOf) }))
    .toSorted((a, b) => order(a.name) - order(b.name));
}

/** A line of rfc/out-of-scope.tsv: the rows it names and why they wait. */
export interface OutOfScope {
  readonly pattern: string;
  readonly ids: readonly string[];
  readonly reason: string;
}

/** Throws on a line that matches no row, or a row that another line has. */
export function readOutOfScope(root: string, tables: readonly RequirementTable[]): readonly OutOfScope[] {
  const ids = tables.flatMap((table) => table.rows.map((row) => row.id));
  const seen = new Set<string>();
  return tsv(join(root, "rfc/out-of-scope.tsv")).map(([pattern = "", reason = ""]) => {
    const matching = ids.filter((id) => matches(pattern, id));
    if (matching.length === 0) throw new Error(`rfc/out-of-scope.tsv: ${pattern} matches no requirement`);
    for (const id of matching) {
      if (seen.has(id)) throw new Error(`rfc/out-of-scope.tsv: ${id} is listed twice`);
      seen.add(id);
    }
    return { pattern, ids: matching, reason };
  });
}

/** One id, a family `P1-*`, or a range `P3-S-057..P3-S-062`. */
function matches(pattern: string, id: string): boolean {
  if (pattern.endsWith("*")) return id.startsWith(pattern.slice(0, -1));
  const [from = "", to] = pattern.split("..");
  if (to === undefined) return id === pattern;
  return id.slice(0, 5) === from.slice(0, 5) && id >= from && id <= to;
}

function tsv(path: string): readonly (readonly string[])[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(1);
  return lines.filter((line) => line !== "").map((line) => line.split("\t"));
}

function requirementOf(cells: readonly string[]): Requirement {
  const [id = "", section = "", level = "", text = ""] = cells;
  return { id, section, level, text };
}

function order(name: string): number {
  return name.startsWith("rfc") ? Number(name.slice(3)) : Number.POSITIVE_INFINITY;
}
