import { useMemo, useSyncExternalStore } from "react";
import { formatPlace, parsePlace, type Place } from "./place.ts";

function subscribe(changed: () => void): () => void {
  window.addEventListener("hashchange", changed);
  window.addEventListener("popstate", changed);
  return () => {
    window.removeEventListener("hashchange", changed);
    window.removeEventListener("popstate", changed);
  };
}

const fragment = (): string => window.location.hash;

/** Where the reader is; the component is drawn again when that changes. */
export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, fragment, fragment);
  return useMemo(() => parsePlace(hash), [hash]);
}

/** Goes to `place`, so that "back" leads here again; with `replace`, so that it does not. */
export function go(place: Place, how: "push" | "replace" = "push"): void {
  const hash = formatPlace(place);
  if (hash === window.location.hash) return;
  if (how === "push") window.history.pushState(null, "", hash);
  else window.history.replaceState(null, "", hash);
  window.dispatchEvent(new PopStateEvent("popstate"));
}
