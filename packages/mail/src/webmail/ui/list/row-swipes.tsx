import { Archive, Inbox, type LucideIcon, Trash2 } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import { useRunner } from "../acts/runner.tsx";
import { targetOf } from "../acts/target.ts";
import { useLatest } from "../shell/use-latest.ts";
import { NARROW, useMedia } from "../shell/use-media.ts";
import { useWords } from "../words/use-words.ts";
import type { KeyedRow } from "./rows.ts";
import { followSwipes, type Side, type Swipe, type Swiped, swipeWish, type SwipeWish } from "./swipe.ts";
import "./row-swipes.css";

const ICONS: Readonly<Record<SwipeWish, LucideIcon>> = { archive: Archive, inbox: Inbox, trash: Trash2 };

interface RowSwipesProps {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly rows: readonly KeyedRow[];
  readonly rowPx: number;
}

/** On a small screen a finger draws a row aside: the act bar's first and last buttons. Below the row stands what it will do. */
export function RowSwipes({ scroller, rows, rowPx }: RowSwipesProps): React.JSX.Element | null {
  const { say } = useWords();
  const runner = useRunner();
  const isNarrow = useMedia(NARROW);
  const [swipe, setSwipe] = useState<Swipe | null>(null);
  const keyAt = useLatest((at: number) => rows[at]?.key);
  const swipedAt = useLatest((at: number, side: Side): Swiped | null => {
    const one = rows[at];
    const wish = one === undefined ? null : swipeWish(side, one.row.role);
    return one === undefined || wish === null ? null : { key: one.key, wish };
  });
  const done = useLatest(({ key, wish }: Swiped) => {
    const target = targetOf(rows.filter((one) => one.key === key).map(({ row }) => row));
    if (target !== null) runner.run(wish, target);
  });
  useEffect(() => {
    const list = scroller.current;
    return isNarrow && list !== null ? followSwipes(list, { keyAt, swipedAt, done, show: setSwipe }) : undefined;
  }, [isNarrow, scroller, keyAt, swipedAt, done]);
  if (swipe === null) return null;
  const { at, side, wish, isFar } = swipe;
  const Icon = ICONS[wish];
  return (
    <div
      className="swipe"
      data-side={side}
      data-wish={wish}
      data-far={isFar || undefined}
      aria-hidden
      style={{ transform: `translateY(${at * rowPx}px)`, blockSize: rowPx }}
    >
      <Icon size={20} />
      {say(`act.${wish}`)}
    </div>
  );
}
