// Which rows of a list are in the document. All are of one height, so where they are is reckoned and not measured: those in
// sight at once, some beyond them when there is time.
import {
  type RefObject,
  startTransition,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";
import { SETTLED_MS, whenQuiet } from "../parts/when-quiet.ts";

/** Drawn beyond what is in sight, where the list is going and where it came from. */
const AHEAD_ROWS = 12;
const BEHIND_ROWS = 4;
/** With fewer than this left beyond an edge, more are drawn. */
const SPARE_ROWS = 4;

/** Rows `from` to `to`, the last not among them; there may be fewer in the list. */
interface Span {
  readonly from: number;
  readonly to: number;
}

interface DrawnRowsOptions {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly rowPx: number;
  /** Another list begins at its top. */
  readonly listKey: string;
}

export function useDrawnRows({ scroller, rowPx, listKey }: DrawnRowsOptions): Span {
  const height = useHeight(scroller);
  // A list that is come back to begins at its top, too: what was drawn of it before is far from there, or more than is seen.
  const visit = useMemo(() => ({ to: listKey }), [listKey]);
  const [drawn, setDrawn] = useState({ of: visit, ...inSight({ scrollTop: 0, height: height(), rowPx }) });
  const span = drawn.of === visit ? drawn : inSight({ scrollTop: 0, height: height(), rowPx });
  const latest = useRef<Span>(span);
  const scrolled = useRef({ of: visit, top: 0 });
  useLayoutEffect(() => {
    latest.current = span;
    const { of, top } = scrolled.current;
    if (of === visit) return;
    scrolled.current = { of: visit, top: 0 };
    // To set it where it is would lay everything out once more.
    if (top > 0) scroller.current?.scrollTo({ top: 0 });
  });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const draw = ({ from, to }: Span): void => setDrawn({ of: visit, from: Math.max(0, from), to });
    const look = (): void => {
      const { scrollTop } = element;
      const sight = inSight({ scrollTop, height: height(), rowPx });
      const [above, below] = scrollTop < scrolled.current.top ? [AHEAD_ROWS, BEHIND_ROWS] : [BEHIND_ROWS, AHEAD_ROWS];
      scrolled.current.top = scrollTop;
      // Nothing that is in sight is left blank for a frame; the rest gives way to whatever a person does.
      if (sight.from < latest.current.from || sight.to > latest.current.to) flushSync(() => draw(sight));
      const { from, to } = latest.current;
      if (from > Math.max(0, sight.from - SPARE_ROWS) || to < sight.to + SPARE_ROWS)
        startTransition(() => draw({ from: sight.from - above, to: sight.to + below }));
    };
    // Another list was put at its top: nobody scrolled.
    const moved = (): void => {
      if (element.scrollTop !== scrolled.current.top) look();
    };
    // Whoever types a search goes past most lists; whoever scrolls has what is in sight at once.
    const stopWaiting = whenQuiet(SETTLED_MS, look);
    element.addEventListener("scroll", moved, { passive: true });
    window.addEventListener("resize", look);
    return () => {
      stopWaiting();
      element.removeEventListener("scroll", moved);
      window.removeEventListener("resize", look);
    };
  }, [scroller, rowPx, visit, height]);
  return span;
}

interface Sight {
  readonly scrollTop: number;
  readonly height: number;
  readonly rowPx: number;
}

function inSight({ scrollTop, height, rowPx }: Sight): Span {
  return { from: Math.floor(scrollTop / rowPx), to: Math.ceil((scrollTop + height) / rowPx) };
}

/** How tall the list is: no taller than the window, until the browser has said it. Whoever asks waits for no layout. */
function useHeight(scroller: RefObject<HTMLElement | null>): () => number {
  const told = useRef<number>(undefined);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => (told.current = entry?.contentRect.height));
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller]);
  return useCallback(() => told.current ?? window.innerHeight, []);
}
