// What was measured, held against what may be: one row a budget, and what it came to.

export interface Figure {
  readonly what: string;
  /** Most that may be, unless `isLeast`; without one it is there to compare with. */
  readonly budget?: number;
  readonly isLeast?: boolean;
  readonly ours: number;
  readonly unit: string;
  /** How it was come by, where that does not go without saying. */
  readonly note?: string;
}

export interface Budgeted extends Figure {
  readonly budget: number;
}

export function hasBudget(figure: Figure): figure is Budgeted {
  return figure.budget !== undefined;
}

export function isMet({ budget, ours, isLeast = false }: Budgeted): boolean {
  return isLeast ? ours >= budget : ours <= budget;
}

export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const { what, ours, unit, isLeast = false, note = "" } = figure;
    const [budget, met] = hasBudget(figure)
      ? [`${isLeast ? "≥" : "≤"} ${shown(figure.budget)} ${unit}`, isMet(figure) ? "yes" : "**no**"]
      : ["", ""];
    return `| ${what} | ${budget} | ${shown(ours)} ${unit} | ${met} | ${note} |`;
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
