// Keeps the rows in sight where they are when others come in above them, and counts the mail that arrived there. A row that
// was taken out and is put back comes in sight again.
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { KeyedRow } from "./rows.ts";
import { RowsAbove } from "./rows-above.ts";

interface AnchorOptions {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly rows: readonly KeyedRow[];
  readonly rowPx: number;
  readonly listKey: string;
}

/** `count` is how many rows with new mail have come in above since the list was last at its top. */
export function useAnchor({ scroller, rows, rowPx, listKey }: AnchorOptions): { readonly count: number } {
  const before = useRef<{ readonly listKey: string; readonly rows: readonly KeyedRow[] }>({ listKey, rows });
  const [known] = useState(() => new RowsAbove());
  const [count, setCount] = useState(0);

  useLayoutEffect(() => {
    const { listKey: listBefore, rows: rowsBefore } = before.current;
    // Until another list is there the rows of the one before stay in sight, and are still that one's.
    if (rowsBefore === rows) return;
    before.current = { listKey, rows };
    const element = scroller.current;
    if (element === null) return;
    if (listBefore !== listKey) {
      known.goTo(rowsBefore);
      setCount(0);
      return;
    }
    const { moved, arrived, back } = known.change(rowsBefore, rows, Math.floor(element.scrollTop / rowPx));
    const isAtTop = element.scrollTop === 0 && !isInUse(element);
    const kept = isAtTop ? 0 : element.scrollTop + moved * rowPx;
    const top = back < 0 ? kept : Math.min(kept, back * rowPx);
    if (top !== element.scrollTop) element.scrollTo({ top });
    // All of a short list is in sight, and nothing leads up from where it stands.
    if (arrived > 0 && top > 0 && element.scrollTop > 0) setCount((before) => before + arrived);
  }, [scroller, rows, rowPx, listKey, known]);

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
