// F6 goes round the panes, out of the frame of a message too: WCAG 2.1.2.

/** Moves the focus to the pane after or before the one that has it. */
export function goToPane(by: 1 | -1): void {
  const panes = Array.from(document.querySelectorAll<HTMLElement>("[data-pane]")).filter(
    (pane) => pane.offsetParent !== null && !pane.inert,
  );
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = panes[(at + by + panes.length) % panes.length];
  const inside = next?.querySelector<HTMLElement>(
    "[role=row][tabindex='0'], h2[tabindex], [aria-current=page], a[href], button:not([tabindex='-1'])",
  );
  inside?.focus();
}
