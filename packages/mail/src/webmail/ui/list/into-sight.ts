import { type RefObject, useLayoutEffect } from "react";

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
  useLayoutEffect(() => {
    const at = openAt();
    if (at < 0) return;
    // With the layout that the frame makes of what was opened: asked for before, it would be made twice.
    const frame = requestAnimationFrame(() => {
      if (scroller.current !== null) bringIntoSight(scroller.current, at * rowPx, rowPx);
    });
    return () => cancelAnimationFrame(frame);
    // Not when rows come in above it, nor when its own does: by then somebody may have scrolled on.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [opened, listKey]);
}

/** As little as shows the whole row. */
export function bringIntoSight(frame: HTMLElement, start: number, height: number): void {
  const below = start + height - frame.clientHeight;
  if (start < frame.scrollTop) frame.scrollTo({ top: start });
  else if (below > frame.scrollTop) frame.scrollTo({ top: below });
}
