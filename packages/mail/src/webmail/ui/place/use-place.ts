import { useMemo, useSyncExternalStore } from "react";
import { SETTLED_MS, whenQuiet } from "../parts/when-quiet.ts";
import { formatPlace, parsePlace, type Place } from "./place.ts";

type How = "push" | "replace";

/** Where the reader is already, when the address does not say it yet: `from` is what it says. */
let ahead: { readonly from: string; readonly hash: string; readonly how: How } | undefined;
let stopWaiting = (): void => undefined;

/** The history is on its way back, which takes a browser a while: the address says `from` until it says `to`. */
let returning: { readonly from: string; readonly to: string } | undefined;
/** A browser that is not there by then has nothing left to lead back to. */
const RETURN_MS = 1_000;

function subscribe(changed: () => void): () => void {
  const moved = (): void => {
    look(window.location.hash);
    changed();
  };
  window.addEventListener("hashchange", moved);
  window.addEventListener("popstate", moved);
  return () => {
    window.removeEventListener("hashchange", moved);
    window.removeEventListener("popstate", moved);
  };
}

/** What the address says may have changed. */
function look(hash: string): void {
  if (returning === undefined) {
    // A link, "back", an address that was typed.
    if (ahead !== undefined && ahead.from !== hash) ahead = undefined;
  } else if (hash === returning.to) {
    returning = undefined;
    catchUp();
  } else if (hash !== returning.from) {
    // A link that was followed meanwhile: the browser leads back past it, and there it is gone to again.
    ahead = { from: returning.to, hash, how: "push" };
  }
}

const fragment = (): string => ahead?.hash ?? returning?.to ?? window.location.hash;

/** Where the reader is; the component is drawn again when that changes. */
export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, fragment, fragment);
  return useMemo(() => parsePlace(hash), [hash]);
}

/** Goes to `place`, so that "back" leads here again; with `replace`, so that it does not. */
export function go(place: Place, how: How = "push"): void {
  const hash = formatPlace(place);
  if (hash === fragment()) return;
  catchUp();
  if (returning === undefined) write(hash, how);
  else goOn(hash, how);
  tell();
}

/** Goes to `place`: back, where it is what the step to here led on from, so that no step is left of it; else in its stead. */
export function goBack(place: Place): void {
  catchUp();
  const to = formatPlace(place);
  const from = window.location.hash;
  if (returning !== undefined || (window.history.state as Step | null)?.ledFrom !== to) return go(place, "replace");
  const way = { from, to };
  returning = way;
  window.history.back();
  setTimeout(() => returning === way && stay(), RETURN_MS);
  tell();
}

/** There was no way back: the address says here where the reader is. */
function stay(): void {
  const hash = fragment();
  returning = undefined;
  ahead = undefined;
  write(hash, "replace");
}

/**
 * The same as `go`, and the address says it once nobody types on: to change it takes a browser longer than to draw what is
 * found for the next letter. It comes earlier where something other than typing is done.
 */
export function goAhead(place: Place, how: How): void {
  const hash = formatPlace(place);
  if (hash === fragment()) return;
  if (how === "push") catchUp();
  goOn(hash, how);
  stopWaiting();
  stopWaiting = whenQuiet(SETTLED_MS, catchUp);
  tell();
}

/** The reader is there, and the address will say so. */
function goOn(hash: string, how: How): void {
  const from = returning?.to ?? window.location.hash;
  // What replaces a place that the address never said is gone to from the one before, which "back" leads to.
  ahead = hash === from ? undefined : { from, hash, how: ahead?.how ?? how };
}

function tell(): void {
  window.dispatchEvent(new PopStateEvent("popstate"));
}

/** The address says where the reader is. */
export function catchUp(): void {
  if (ahead === undefined || returning !== undefined) return;
  stopWaiting();
  const { from, hash, how } = ahead;
  ahead = undefined;
  // Whatever has changed it meanwhile is told of next.
  if (window.location.hash === from) write(hash, how);
}

// A link leads on from what is shown, and "back" by a button, a key or a gesture from there to what was before: whoever does
// anything but type on may be about to.
for (const act of ["click", "pointerdown", "wheel", "pagehide", "visibilitychange"])
  window.addEventListener(act, catchUp, { capture: true, passive: true });
window.addEventListener("keydown", (event) => isTyping(event) || catchUp(), { capture: true });

/** Keys that write, or lead to one that does, and have no letter. */
const WRITING: ReadonlySet<string> = new Set([
  "AltGraph",
  "Backspace",
  "CapsLock",
  "Dead",
  "Delete",
  "Process",
  "Shift",
  "Unidentified",
]);

function isTyping(event: KeyboardEvent): boolean {
  const { key, altKey, ctrlKey, metaKey } = event;
  const isCommand = (altKey || ctrlKey || metaKey) && !event.getModifierState("AltGraph");
  return !isCommand && (key.length === 1 || WRITING.has(key));
}

/** What the history keeps of a step. */
interface Step {
  /** What the address said before it. */
  readonly ledFrom: string;
}

function write(hash: string, how: How): void {
  const step: Step = { ledFrom: window.location.hash };
  if (how === "push") window.history.pushState(step, "", hash);
  else window.history.replaceState(window.history.state, "", hash);
}
