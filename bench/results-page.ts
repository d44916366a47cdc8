// What a bench ends with: medians side by side, the machine they come from, and a page of the day in bench/results.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";

/** One value a run, of each program or protocol that is compared. */
export class Figures<Name extends string> {
  readonly #rows = new Map<string, Map<Name, number[]>>();

  note(figure: string, name: Name, value: number): void {
    const row = this.#rows.get(figure) ?? new Map<Name, number[]>();
    this.#rows.set(figure, row);
    row.set(name, [...(row.get(name) ?? []), value]);
  }

  /** Medians, to so many digits; a column a name. */
  table(names: readonly Name[], o: { readonly runs: number; readonly digits: number }): string {
    const lines = [
      `| figure (median of ${o.runs}) | ${names.join(" | ")} |`,
      `| --- |${" ---: |".repeat(names.length)}`,
    ];
    for (const [figure, row] of this.#rows) {
      const cells = names.map((name) => {
        const values = row.get(name);
        return values === undefined ? "–" : median(values).toPrecision(o.digits);
      });
      lines.push(`| ${figure} | ${cells.join(" | ")} |`);
    }
    return lines.join("\n");
  }
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

export interface ResultsPage {
  readonly title: string;
  /** Programs it was compared with, and their versions. */
  readonly peers?: readonly string[];
  /** How it was made, in a paragraph. */
  readonly about: string;
  readonly table: string;
}

/** Prints the page. With a name it is kept, too: `side-by-side` is today's side-by-side.md. */
export function showPage({ title, peers = [], about, table }: ResultsPage, keptAs: string | undefined): void {
  const [cpu] = cpus();
  const machine = [
    `${cpus().length} × ${cpu?.model ?? "?"}`,
    `Linux ${release()}`,
    `Node ${process.version}`,
    ...peers,
    `load average at the end ${(loadavg()[0] ?? 0).toFixed(1)}`,
  ];
  const page = `# ${title}\n\n${machine.join(", ")}\n\n${about}\n\n${table}\n`;
  console.log(page);
  if (keptAs === undefined) return;
  const results = new URL("results/", import.meta.url);
  mkdirSync(results, { recursive: true });
  writeFileSync(new URL(`${new Date().toISOString().slice(0, 10)}-${keptAs}.md`, results), page);
}
