import { type RefObject, useEffect, useRef } from "react";
import { whenIdle } from "../parts/when-idle.ts";
import { useLatest } from "../shell/use-latest.ts";

/** A page that is never idle follows all the same. */
const FOLLOWED_MS = 100;

interface OpenInSightOptions {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly rowPx: number;
  readonly listKey: string;
  /** What is open, as the address has it. */
  readonly opened: string;
  /** Its place in the rows; -1 while it is in none of them. */
  readonly openAt: () => number;
}

/**
 * The list follows what is open, also beneath it: the row is in sight where one comes back, and the rows behind it are asked
 * for before they are gone to. The focus stays where it is.
 */
export function useOpenInSight({ scroller, rowPx, listKey, opened, openAt }: OpenInSightOptions): void {
  const due = useRef<() => void>(undefined);
  const follow = useLatest(() => {
    due.current = undefined;
    const at = openAt();
    if (at >= 0 && scroller.current !== null) bringIntoSight(scroller.current, at * rowPx, rowPx);
  });
  useEffect(() => {
    // What was opened comes first: the rows that come into sight beside it take as long to draw. Of steps that come faster
    // than that, the last is followed.
    if (openAt() >= 0) due.current ??= whenIdle(FOLLOWED_MS, follow);
    // Not when rows come in above it, nor when its own does: by then somebody may have scrolled on.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [opened, listKey]);
  useEffect(
    () => () => {
      due.current?.();
      due.current = undefined;
    },
    [],
  );
}

/** As little as shows the whole row. */
export function bringIntoSight(frame: HTMLElement, start: number, height: number): void {
  const below = start + height - frame.clientHeight;
  if (start < frame.scrollTop) frame.scrollTo({ top: start });
  else if (below > frame.scrollTop) frame.scrollTo({ top: below });
}
