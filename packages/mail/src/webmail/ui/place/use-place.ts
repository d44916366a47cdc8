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
 * the next letter.
 */
export function goAhead(place: Place, how: How): void {
  const hash = formatPlace(place);
  if (hash === fragment()) return;
  if (how === "push") catchUp();
  const from = window.location.hash;
  // What replaces a place that the address never said is gone to from the one before, which "back" leads to.
  ahead = { from, hash, how: ahead?.how ?? how };
  stopWaiting();
  // A page nobody looks at is never done with what it does.
  if (document.hidden) catchUp();
  else stopWaiting = whenQuiet(SETTLED_MS, catchUp);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

// A link leads on from what is shown, and what is left behind is what was shown: by a key of the browser's own, too.
window.addEventListener("click", catchUp, { capture: true });
window.addEventListener("pagehide", catchUp);
window.addEventListener(
  "keydown",
  ({ altKey, ctrlKey, metaKey }) => {
    if (altKey || ctrlKey || metaKey) catchUp();
  },
  { capture: true },
);

function catchUp(): void {
  if (ahead === undefined) return;
  const { from, hash, how } = ahead;
  ahead = undefined;
  // Whatever has changed it meanwhile is told of next.
  if (window.location.hash === from) write(hash, how);
}

function write(hash: string, how: How): void {
  if (how === "push") window.history.pushState(null, "", hash);
  else window.history.replaceState(null, "", hash);
}
