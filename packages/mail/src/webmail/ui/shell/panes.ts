// F6 goes round the panes. In each it goes to what one would use there, else to the first thing there is.
const BEST: readonly string[] = [
  ".compose-text, .rich-text",
  "[role=row][tabindex='0']",
  "h2[tabindex]",
  "h1[tabindex]",
  "[aria-current=page]",
  "a[href], button:not([tabindex='-1']), input",
];

/** Moves the focus to the pane after or before the one that has it; one in which there is nothing to use is passed over. */
export function goToPane(by: 1 | -1): void {
  const all = Array.from(document.querySelectorAll<HTMLElement>("[data-pane]"));
  const panes = all.filter((pane) => isInSight(pane) && bestOf(pane) !== null);
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = panes[at < 0 && by < 0 ? panes.length - 1 : (at + by + panes.length) % panes.length];
  if (next !== undefined) focusBest(next);
}

/** The window one writes in is fixed: it has no parent to be measured from, and is in sight all the same. */
export function isInSight(pane: HTMLElement): boolean {
  return !pane.inert && pane.getClientRects().length > 0;
}

/** Gives the focus to the list: to the row that had it last. */
export function goToList(): void {
  const pane = document.getElementById("list-pane");
  if (pane !== null) focusBest(pane);
}

/** Gives the focus to what one would use in a pane; false where there is nothing. */
export function focusBest(pane: HTMLElement, how: FocusOptions = {}): boolean {
  const best = bestOf(pane);
  best?.focus(how);
  return best !== null;
}

function bestOf(pane: HTMLElement): HTMLElement | null {
  for (const selector of BEST) {
    const found = pane.querySelector<HTMLElement>(selector);
    if (found !== null) return found;
  }
  return null;
}
