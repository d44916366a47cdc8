// What was measured, held against what may be: one row a budget, and what it came to.

export interface Figure {
  readonly what: string;
  /** Most that may be, unless `isLeast`. */
  readonly budget: number;
  readonly isLeast?: boolean;
  readonly ours: number;
  readonly unit: string;
  /** How it was come by, where that does not go without saying. */
  readonly note?: string;
}

export function isMet({ budget, ours, isLeast = false }: Figure): boolean {
  return isLeast ? ours >= budget : ours <= budget;
}

export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { what, budget, ours, unit, isLeast = false, note = "" } = figure;
    const met = isMet(figure) ? "yes" : "**no**";
    return `| ${what} | ${isLeast ? "≥" : "≤"} ${shown(budget)} ${unit} | ${shown(ours)} ${unit} | ${met} | ${note} |`;
  });
  return ["| what | budget | ours | met | how |", "| --- | ---: | ---: | --- | --- |", ...rows].join("\n");
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
