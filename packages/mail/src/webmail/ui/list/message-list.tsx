// The list: only the rows in sight are in the document, one of them takes the focus, and it stays where it is when
// mail comes in above.
import { useVirtualizer, defaultRangeExtractor, type Range } from "@tanstack/react-virtual";
import { type KeyboardEvent, startTransition, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ReaderSettings } from "../../api/schema/index.ts";
import { useAccountNames } from "../data/queries.ts";
import { useLabelsOf } from "../organise/label-chips.tsx";
import { useWords } from "../words/use-words.ts";
import { MessageRow, type RowHandlers } from "./message-row.tsx";
import { NewNotice } from "./new-notice.tsx";
import { type KeyedRow, originName } from "./rows.ts";
import { useAnchor } from "./use-anchor.ts";
import "./message-list.css";

/** Heights of a row at the usual text size, in pixels. */
const ROW_PX: Readonly<Record<ReaderSettings["density"], number>> = { compact: 48, normal: 64, relaxed: 80 };
const OVERSCAN_ROWS = 8;
/** How near the end of what is there the next page is asked for. */
const AHEAD_ROWS = 40;

interface MessageListProps {
  readonly label: string;
  /** Another list begins at its top. */
  readonly listKey: string;
  readonly rows: readonly KeyedRow[];
  /** Of the whole list, when it is known. */
  readonly total: number | null;
  readonly density: ReaderSettings["density"];
  readonly activeKey: string | null;
  readonly openKey: string | null;
  readonly selected: ReadonlySet<string>;
  /** True while the focus is to go to the active row. */
  readonly focusRef: React.RefObject<boolean>;
  readonly now: number;
  readonly handlers: RowHandlers;
  readonly onActive: (key: string) => void;
  readonly onEnd: () => void;
}

export function MessageList(props: MessageListProps): React.JSX.Element {
  const { rows, density, activeKey, openKey, selected, now, handlers, onActive, onEnd, listKey } = props;
  const words = useWords();
  const names = useAccountNames();
  const scroller = useRef<HTMLDivElement>(null);
  const rowPx = useRowPx(density);
  const overscan = useOverscan();
  const activeIndex = Math.max(
    0,
    rows.findIndex(({ key }) => key === activeKey),
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan,
    // The row with the focus stays in the document, wherever the list is scrolled to.
    rangeExtractor: useCallback(
      (range: Range) => withIndex(defaultRangeExtractor(range), activeIndex, range.count),
      [activeIndex],
    ),
  });
  useEffect(() => virtual.measure(), [virtual, rowPx]);
  useLayoutEffect(() => {
    if (scroller.current !== null) scroller.current.scrollTop = 0;
  }, [listKey]);
  const arrived = useAnchor({ scroller, rows, rowPx, listKey });

  const items = virtual.getVirtualItems();
  const labels = useLabelsOf(accountsWithLabels(items.map(({ index }) => rows[index])));
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (lastShown >= rows.length - AHEAD_ROWS) onEnd();
  }, [lastShown, rows.length, onEnd]);

  useFocusedRow({ ...props, scroller, activeIndex, rowPx });
  const moved = (event: KeyboardEvent): void => {
    const to = STEPS[event.key]?.(
      activeIndex,
      rows.length,
      Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowPx) - 1),
    );
    const row = to === undefined ? undefined : rows[Math.min(rows.length - 1, Math.max(0, to))];
    if (row === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (event.shiftKey) handlers.toggle(row.key, true);
    onActive(row.key);
  };

  return (
    <div className="list-frame">
      <NewNotice count={arrived.count} onShow={() => scroller.current?.scrollTo({ top: 0 })} />
      <div ref={scroller} className="list-scroller" data-density={density}>
        <div
          role="grid"
          tabIndex={-1}
          className="list"
          aria-label={props.label}
          aria-rowcount={props.total ?? -1}
          aria-multiselectable
          style={{ blockSize: virtual.getTotalSize() }}
          onKeyDown={moved}
        >
          {items.map(({ index, start }) => {
            const { key, row } = rows[index] ?? {};
            if (key === undefined || row === undefined) return null;
            return (
              <MessageRow
                key={key}
                id={key}
                row={row}
                index={index}
                start={start}
                isActive={index === activeIndex}
                isOpen={key === openKey}
                isSelected={selected.has(key)}
                origin={originName(row, names)}
                now={now}
                handlers={handlers}
                knownLabels={row.labels.length === 0 ? undefined : labels.get(row.account)}
              />
            );
          })}
        </div>
      </div>
      <p className="unseen" role="status">
        {selected.size > 0 ? words.say("list.chosen", { count: selected.size }) : ""}
      </p>
      <p className="unseen" role="status">
        {arrived.count > 0 ? words.say("list.new", { count: arrived.count }) : ""}
      </p>
    </div>
  );
}

/** Where a key leads from row `at` of `count`, with `page` rows in sight. */
const STEPS: Readonly<Record<string, (at: number, count: number, page: number) => number>> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at, _count, page) => at + page,
  PageUp: (at, _count, page) => at - page,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

/** Most lists show no label, and then nobody asks what labels there are. */
function accountsWithLabels(rows: readonly (KeyedRow | undefined)[]): readonly string[] {
  const accounts = rows.flatMap((keyed) =>
    keyed === undefined || keyed.row.labels.length === 0 ? [] : keyed.row.account,
  );
  return [...new Set(accounts)];
}

function withIndex(indexes: number[], index: number, count: number): number[] {
  if (index >= count || indexes.includes(index)) return indexes;
  return [...indexes, index].toSorted((a, b) => a - b);
}

/** Nothing of what is out of sight is drawn before what is in sight is painted. */
function useOverscan(): number {
  const [isPainted, setPainted] = useState(false);
  useEffect(() => {
    // The second frame begins after the first was painted.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => startTransition(() => setPainted(true)));
    });
    return () => cancelAnimationFrame(frame);
  }, []);
  return isPainted ? OVERSCAN_ROWS : 0;
}

/** Rows grow with the text size a person set in the browser. */
function useRowPx(density: ReaderSettings["density"]): number {
  const [scale] = useState(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16);
  return Math.round(ROW_PX[density] * scale);
}

interface FocusedRow extends MessageListProps {
  readonly scroller: React.RefObject<HTMLDivElement | null>;
  readonly activeIndex: number;
  readonly rowPx: number;
}

/** Moves the focus to the active row when asked to, and when the row that had it left the list. */
function useFocusedRow({ scroller, rows, activeIndex, focusRef, rowPx }: FocusedRow): void {
  const hadFocus = useRef(false);
  useEffect(() => {
    const frame = scroller.current;
    const noted = ({ target }: FocusEvent): void => {
      hadFocus.current = target instanceof Node && frame !== null && frame.contains(target);
    };
    document.addEventListener("focusin", noted);
    return () => document.removeEventListener("focusin", noted);
  }, [scroller]);
  // After every drawing: the row may be in the document only after the one that asked.
  useEffect(() => {
    const isLost = hadFocus.current && document.activeElement === document.body;
    if ((!focusRef.current && !isLost) || rows.length === 0) return;
    const element = scroller.current;
    const row = element?.querySelector<HTMLElement>(`[data-index="${activeIndex}"]`);
    if (element === null || row === null || row === undefined) return;
    focusRef.current = false;
    row.focus({ preventScroll: true });
    bringIntoSight(element, activeIndex * rowPx, rowPx);
  });
}

/** As little as shows the whole row. The virtual list's own way goes on for a while and would fight a person's hand. */
function bringIntoSight(element: HTMLElement, start: number, height: number): void {
  const below = start + height - element.clientHeight;
  if (start < element.scrollTop) element.scrollTo({ top: start });
  else if (below > element.scrollTop) element.scrollTo({ top: below });
}
