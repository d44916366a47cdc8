// The focus of a list is in one of its rows, and goes from row to row with the keys. It is moved in the document as it
// stands: nothing is drawn for it, so no key waits for a drawing, and none comes between a key and its row.
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { ActiveRow } from "./active-row.ts";
import { bringIntoSight } from "./into-sight.ts";

interface RovingFocusOptions {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly rowPx: number;
  readonly active: ActiveRow;
  /** Its place in the rows that are drawn. */
  readonly activeIndex: () => number;
}

/** One row has a tabindex of 0. Rows are drawn as if it were the first, which holds until something is set here. */
export function useRovingFocus(options: RovingFocusOptions): void {
  const { scroller, active } = options;
  const latest = useRef(options);
  const lastFocused = useRef<Element | null>(null);
  // After every drawing, and before anybody can press a key: rows came and went.
  useLayoutEffect(() => {
    latest.current = options;
    settle(options, lastFocused.current);
  });
  useLayoutEffect(() => active.subscribe(() => settle(latest.current, lastFocused.current)), [active]);
  useEffect(() => {
    const noted = ({ target }: FocusEvent): void => {
      const isInside = target instanceof Element && scroller.current?.contains(target) === true;
      lastFocused.current = isInside ? target : null;
    };
    document.addEventListener("focusin", noted);
    return () => document.removeEventListener("focusin", noted);
  }, [scroller]);
}

/** Puts the active row in the order of Tab, and gives it the focus when it is due or left the list with the row that had it. */
function settle({ scroller, rowPx, active, activeIndex }: RovingFocusOptions, lastFocused: Element | null): void {
  const frame = scroller.current;
  const at = activeIndex();
  const row = frame?.querySelector<HTMLElement>(`[data-index="${at}"]`) ?? null;
  // It is drawn next, and settled then.
  if (frame === null || row === null) return;
  for (const other of frame.querySelectorAll("[role=row][tabindex='0']"))
    if (other !== row) other.setAttribute("tabindex", "-1");
  if (row.tabIndex !== 0) row.tabIndex = 0;
  const isLost = lastFocused?.isConnected === false && document.activeElement === document.body;
  if (!active.isFocusDue() && !isLost) return;
  // Before it gets the focus, which changes how it looks: to ask how tall the list is would then be to lay it out.
  bringIntoSight(frame, at * rowPx, rowPx);
  row.focus({ preventScroll: true });
  // A list behind what is open takes no focus: it stays due until the list is in front again.
  if (document.activeElement === row) active.focusGiven();
}
