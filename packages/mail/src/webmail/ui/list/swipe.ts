// A finger that draws a row aside. Scrolling is the browser's: what is not plainly across is never ours, and the page is told
// of no move of a finger that scrolls.
import type { Wish } from "../acts/target.ts";
import type { Role } from "../../api/schema/index.ts";

/** Toward the end of a line, or back toward its start. */
export type Side = "start" | "end";
export type SwipeWish = Extract<Wish, "archive" | "inbox" | "trash">;

/** What a swipe of a row comes to. */
export interface Swiped {
  /** Of the row: where it is may change under the finger. */
  readonly key: string;
  readonly wish: SwipeWish;
}

/** What is seen of a swipe. */
export interface Swipe extends Swiped {
  /** The place of the row. */
  readonly at: number;
  readonly side: Side;
  /** Whoever lets go now has it done. */
  readonly isFar: boolean;
}

/** As the buttons: out of the archive and the trash it goes back to the inbox. Nothing is deleted for good. */
export function swipeWish(side: Side, role: Role | null): SwipeWish | null {
  if (side === "end") return role === "archive" || role === "trash" ? "inbox" : "archive";
  return role === "trash" ? null : "trash";
}

export interface SwipeOptions {
  /** Of the row at a place. */
  readonly keyAt: (at: number) => string | undefined;
  readonly swipedAt: (at: number, side: Side) => Swiped | null;
  /** Null: nothing is seen of it any more. */
  readonly show: (swipe: Swipe | null) => void;
  readonly done: (swiped: Swiped) => void;
}

/** A finger that rests trembles by less. */
const SLOP_PX = 10;
/** Of the row's width. */
const FAR = 0.3;
/** The row is back, or has left the list. */
const SETTLED_MS = 300;

interface Held {
  readonly pointer: number;
  readonly row: HTMLElement;
  /** Of what the row stands for: it may leave the list, or stand for another, under the finger. */
  readonly key: string | undefined;
  readonly x: number;
  readonly y: number;
  readonly isRightToLeft: boolean;
  isAcross: boolean;
  seen: Swipe | null;
}

function placeOf(row: HTMLElement): number {
  return Number(row.dataset["index"]);
}

/** Follows fingers on the rows of `list`; a mouse has buttons for all of it. Gives what ends that. */
export function followSwipes(list: HTMLElement, { keyAt, swipedAt, show, done }: SwipeOptions): () => void {
  let held: Held | null = null;
  const settling = new Map<HTMLElement, ReturnType<typeof setTimeout>>();
  const see = (one: Held, swipe: Swipe | null): void => {
    const { seen } = one;
    one.seen = swipe;
    if (
      seen?.key !== swipe?.key ||
      seen?.wish !== swipe?.wish ||
      seen?.isFar !== swipe?.isFar ||
      seen?.at !== swipe?.at
    )
      show(swipe);
  };
  /** On its way it is no more: it is where it belongs, or a finger has it again. */
  const settled = (row: HTMLElement): void => {
    clearTimeout(settling.get(row));
    settling.delete(row);
    delete row.dataset["released"];
  };
  const begin = (event: PointerEvent): void => {
    // A second finger means something else.
    if (held !== null) return letGo(false);
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[role=row]") : null;
    if (row === null || event.pointerType !== "touch" || !event.isPrimary) return;
    const isRightToLeft = getComputedStyle(list).direction === "rtl";
    const { pointerId: pointer, clientX: x, clientY: y } = event;
    held = { pointer, row, key: keyAt(placeOf(row)), x, y, isRightToLeft, isAcross: false, seen: null };
  };
  const isThere = ({ row, key }: Held): boolean => row.isConnected && keyAt(placeOf(row)) === key;
  const move = ({ pointerId, clientX, clientY }: PointerEvent): void => {
    if (held === null || held.pointer !== pointerId) return;
    if (!isThere(held)) return letGo(false);
    const [across, along] = [clientX - held.x, clientY - held.y];
    if (!held.isAcross) {
      if (Math.hypot(across, along) < SLOP_PX) return;
      if (Math.abs(across) <= Math.abs(along)) {
        held = null;
        return;
      }
      held.isAcross = true;
      // What is seen from now on is this one's.
      settled(held.row);
      show(null);
      held.row.setPointerCapture(pointerId);
    }
    const at = placeOf(held.row);
    const side = across > 0 === held.isRightToLeft ? "start" : "end";
    const swiped = swipedAt(at, side);
    held.row.style.translate = swiped === null ? "" : `${across}px`;
    const isFar = Math.abs(across) >= FAR * held.row.offsetWidth;
    see(held, swiped === null ? null : { ...swiped, at, side, isFar });
  };
  /** The row goes on, out of sight, or back. */
  const letGo = (isMeant: boolean): void => {
    if (held === null) return;
    const { row, seen, isRightToLeft } = held;
    const isDone = isMeant && seen?.isFar === true && isThere(held);
    held = null;
    if (seen === null) return;
    row.dataset["released"] = "";
    row.style.translate = isDone ? `${(seen.side === "end") === isRightToLeft ? -100 : 100}%` : "";
    const timer = setTimeout(() => {
      settled(row);
      row.style.translate = "";
      if (settling.size === 0 && held?.isAcross !== true) show(null);
    }, SETTLED_MS);
    settling.set(row, timer);
    if (isDone) done(seen);
  };
  const ends = new AbortController();
  const heard = { signal: ends.signal, passive: true };
  list.addEventListener("pointerdown", begin, heard);
  list.addEventListener("pointermove", move, heard);
  // Anywhere: of a row that has left the list the finger is let go of where it is.
  window.addEventListener("pointerup", ({ pointerId }) => held?.pointer === pointerId && letGo(true), heard);
  // The browser scrolls after all.
  window.addEventListener("pointercancel", ({ pointerId }) => held?.pointer === pointerId && letGo(false), heard);
  // The row is gone. What was pressed within it loses the finger to the row, too.
  list.addEventListener("lostpointercapture", ({ target }) => held?.row === target && letGo(false), heard);
  return () => {
    letGo(false);
    ends.abort();
  };
}
