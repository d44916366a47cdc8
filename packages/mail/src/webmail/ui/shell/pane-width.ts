// How wide the panes are: kept in this browser, in rem, so that they grow with the text.

interface Range {
  readonly least: number;
  readonly usual: number;
  readonly most: number;
}

export const PANES = ["side", "list"] as const;
export type PaneName = (typeof PANES)[number];

export const RANGES: Readonly<Record<PaneName, Range>> = {
  side: { least: 11, usual: 14, most: 22 },
  list: { least: 18, usual: 27, most: 48 },
};

export function storedWidth(name: PaneName): number {
  const { least, usual, most } = RANGES[name];
  const width = Number.parseFloat(localStorage.getItem(`restante.${name}`) ?? "");
  return Number.isFinite(width) ? Math.min(most, Math.max(least, width)) : usual;
}

export function showWidth(name: PaneName, width: number): void {
  document.documentElement.style.setProperty(`--${name}-width`, `${width}rem`);
}

/** As they were when the reader was last open. */
export function showPaneWidths(): void {
  for (const name of PANES) showWidth(name, storedWidth(name));
}
