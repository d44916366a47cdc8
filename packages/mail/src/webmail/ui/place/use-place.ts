import { useMemo, useSyncExternalStore } from "react";
import { SETTLED_MS, whenQuiet } from "../parts/when-quiet.ts";
import { formatPlace, parsePlace, type Place } from "./place.ts";

type How = "push" | "replace";

/** Where the reader is already, when the address does not say it yet: `from` is what it says. */
let ahead: { readonly from: string; readonly hash: string; readonly how: How } | undefined;
let stopWaiting = (): void => undefined;

function subscribe(changed: () => void): () => void {
  const moved = (): void => {
    // A link, "back", an address that was typed.
    if (ahead !== undefined && ahead.from !== window.location.hash) ahead = undefined;
    changed();
  };
  window.addEventListener("hashchange", moved);
  window.addEventListener("popstate", moved);
  return () => {
    window.removeEventListener("hashchange", moved);
    window.removeEventListener("popstate", moved);
  };
}

const fragment = (): string => ahead?.hash ?? window.location.hash;

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
  write(hash, how);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

/**
 * The same, and the address says it once nobody types on: to change it takes a browser longer than to draw what is found for
 * the next letter. It comes earlier where something other than typing is done.
 */
export function goAhead(place: Place, how: How): void {
  const hash = formatPlace(place);
  if (hash === fragment()) return;
  if (how === "push") catchUp();
  const from = window.location.hash;
  // What replaces a place that the address never said is gone to from the one before, which "back" leads to.
  ahead = { from, hash, how: ahead?.how ?? how };
  stopWaiting();
  stopWaiting = whenQuiet(SETTLED_MS, catchUp);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

/** The address says where the reader is. */
export function catchUp(): void {
  if (ahead === undefined) return;
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

function write(hash: string, how: How): void {
  if (how === "push") window.history.pushState(null, "", hash);
  else window.history.replaceState(null, "", hash);
}
