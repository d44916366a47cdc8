// Work that can wait begins once nobody has done anything for a while: whoever types or points is not made to wait for it.
import { whenIdle } from "./when-idle.ts";

/** What a person does. */
const ACTS = ["keydown", "pointerdown", "wheel"] as const;

/** Nobody types on, and a list that was there for so long is looked at. */
export const SETTLED_MS = 300;

/** A page that draws frame after frame, each of them late, is never idle. */
const BUSY_MS = 500;

/**
 * Calls `begin` once, when nothing was done for `quietMs` and the page has nothing else to do, or has been busy for long.
 * Gives back how to call it off.
 */
export function whenQuiet(quietMs: number, begin: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let stopIdling = (): void => undefined;
  const hold = (): void => {
    clearTimeout(timer);
    stopIdling();
  };
  const stop = (): void => {
    hold();
    for (const act of ACTS) window.removeEventListener(act, wait, { capture: true });
  };
  const now = (): void => {
    stop();
    begin();
  };
  const wait = (): void => {
    hold();
    timer = setTimeout(() => (stopIdling = whenIdle(BUSY_MS, now)), quietMs);
  };
  for (const act of ACTS) window.addEventListener(act, wait, { capture: true, passive: true });
  wait();
  return stop;
}
