// Keeps the rows in sight where they are when others come in above them, and counts those.
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { addedAbove, type KeyedRow } from "./rows.ts";

interface AnchorOptions {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly rows: readonly KeyedRow[];
  readonly rowPx: number;
  readonly listKey: string;
}

/** `count` is how many rows have come in above since the list was last at its top. */
export function useAnchor({ scroller, rows, rowPx, listKey }: AnchorOptions): { readonly count: number } {
  const before = useRef<{ readonly listKey: string; readonly rows: readonly KeyedRow[] }>({ listKey, rows });
  const [count, setCount] = useState(0);

  useLayoutEffect(() => {
    const { listKey: listBefore, rows: rowsBefore } = before.current;
    // Until another list is there the rows of the one before stay in sight, and are still that one's.
    if (rowsBefore === rows) return;
    before.current = { listKey, rows };
    const element = scroller.current;
    if (element === null) return;
    if (listBefore !== listKey) {
      setCount(0);
      return;
    }
    const added = addedAbove(rowsBefore, rows, Math.floor(element.scrollTop / rowPx));
    if (added === 0 || (element.scrollTop === 0 && !isInUse(element))) return;
    element.scrollBy({ top: added * rowPx });
    if (added > 0) setCount((before) => before + added);
  }, [scroller, rows, rowPx, listKey]);

  useEffect(() => {
    const element = scroller.current;
    const scrolled = (): void => {
      if (element !== null && element.scrollTop < rowPx / 2) setCount(0);
    };
    element?.addEventListener("scroll", scrolled, { passive: true });
    return () => element?.removeEventListener("scroll", scrolled);
  }, [scroller, rowPx]);
  return { count };
}

/** Someone is about to press a row, or has the focus in one: it must not move away. */
function isInUse(element: HTMLElement): boolean {
  return element.matches(":hover") || element.contains(document.activeElement);
}
