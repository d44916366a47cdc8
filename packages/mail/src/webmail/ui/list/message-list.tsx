// The list: only the rows in sight are in the document, one of them takes the focus, and it stays where it is when
// mail comes in above.
import { type FocusEvent, type KeyboardEvent, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { ReaderSettings } from "../../api/schema/index.ts";
import { useAccountNames } from "../data/queries.ts";
import { useLabelsOf } from "../organise/label-chips.tsx";
import { SETTLED_MS, whenQuiet } from "../parts/when-quiet.ts";
import { useTextScale } from "../shell/use-text-scale.ts";
import { useWords } from "../words/use-words.ts";
import type { ActiveRow } from "./active-row.ts";
import { useOpenInSight } from "./into-sight.ts";
import { MessageRow, type RowHandlers } from "./message-row.tsx";
import { NewNotice } from "./new-notice.tsx";
import { RowSlots } from "./row-slots.ts";
import { RowSwipes } from "./row-swipes.tsx";
import { isRowFocused, type KeyedRow, originName } from "./rows.ts";
import { useAnchor } from "./use-anchor.ts";
import { useDrawnRows } from "./use-drawn-rows.ts";
import { useRovingFocus } from "./use-roving-focus.ts";
import "./message-list.css";

/** Heights of a row at the usual text size, in pixels. */
const ROW_PX: Readonly<Record<ReaderSettings["density"], number>> = { compact: 48, normal: 64, relaxed: 80 };
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
  readonly active: ActiveRow;
  /** Its place; -1 while no row is. */
  readonly activeAt: () => number;
  readonly openKey: string | null;
  readonly opened: string;
  readonly selected: ReadonlySet<string>;
  readonly now: number;
  readonly handlers: RowHandlers;
  /** The row at a place has got the focus. */
  readonly onFocused: (at: number) => void;
  /** The row at a place, or the nearest there is, is to get the focus. */
  readonly onStep: (at: number) => void;
  /** The same, and all from the active row to it are to be chosen. */
  readonly onExtend: (at: number) => void;
  readonly onEnd: () => void;
  /** What is said behind the last row. */
  readonly end: React.ReactNode;
}

export function MessageList(props: MessageListProps): React.JSX.Element {
  const { rows, density, active, activeAt, openKey, selected, now, handlers, onEnd, listKey } = props;
  const words = useWords();
  const names = useAccountNames();
  const scroller = useRef<HTMLDivElement>(null);
  const rowPx = useRowPx(density);
  const drawn = useDrawnRows({ scroller, rowPx, listKey });
  const shown = rows.slice(drawn.from, drawn.to).map((keyed, at) => ({ ...keyed, index: drawn.from + at }));
  // The active row stays in the document, wherever the list is scrolled to. While it is among the others, nothing is drawn
  // when it becomes another.
  const activeIndex = (): number => Math.max(0, activeAt());
  const isDrawn = (at: number): boolean => at >= drawn.from && at < drawn.to;
  const strayAt = (): number => (isDrawn(activeIndex()) ? -1 : activeIndex());
  const stray = useSyncExternalStore(active.subscribe, strayAt, strayAt);
  const strayRow = rows[stray];
  if (strayRow !== undefined) shown.splice(stray < drawn.from ? 0 : shown.length, 0, { ...strayRow, index: stray });
  const [slots] = useState(() => new RowSlots());
  const slotOf = slots.of(
    shown.map(({ key }) => key),
    listKey,
    !isRowFocused(),
  );
  const arrived = useAnchor({ scroller, rows, rowPx, listKey });

  const labels = useLabelsOf(accountsWithLabels(shown));
  const isAtTop = drawn.from === 0;
  useEffect(() => {
    const isEndNear = drawn.to >= rows.length - AHEAD_ROWS;
    // Whoever types a search goes past most lists: of one that nobody scrolls more is asked for once it is looked at.
    if (isEndNear && isAtTop && drawn.to < rows.length) return whenQuiet(SETTLED_MS, onEnd);
    if (isEndNear) onEnd();
    return undefined;
  }, [isAtTop, drawn.to, rows.length, onEnd]);

  useRovingFocus({ scroller, rowPx, active, activeIndex });
  useOpenInSight({
    scroller,
    rowPx,
    listKey,
    opened: props.opened,
    openAt: () => rows.findIndex(({ key }) => key === openKey),
  });
  const moved = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowPx) - 1);
    const to = STEPS[event.key]?.(activeIndex(), rows.length, page);
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (event.shiftKey) props.onExtend(to);
    else props.onStep(to);
  };
  const focused = ({ target }: FocusEvent): void => {
    const row = target.closest<HTMLElement>("[role=row]");
    if (row !== null) props.onFocused(Number(row.dataset["index"]));
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
          style={{ blockSize: rows.length * rowPx }}
          onKeyDown={moved}
          onFocus={focused}
        >
          <RowSwipes scroller={scroller} rows={rows} rowPx={rowPx} />
          {shown.map(({ key, row, index }) => (
            <MessageRow
              key={slotOf.get(key)}
              id={key}
              row={row}
              index={index}
              start={index * rowPx}
              isOpen={key === openKey}
              isSelected={selected.has(key)}
              origin={originName(row, names)}
              now={now}
              handlers={handlers}
              knownLabels={row.labels.length === 0 ? undefined : labels.get(row.account)}
            />
          ))}
        </div>
        {drawn.to >= rows.length ? props.end : null}
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
function accountsWithLabels(rows: readonly KeyedRow[]): readonly string[] {
  return [...new Set(rows.flatMap(({ row }) => (row.labels.length === 0 ? [] : row.account)))];
}

function useRowPx(density: ReaderSettings["density"]): number {
  const scale = useTextScale();
  return Math.round(ROW_PX[density] * scale);
}
