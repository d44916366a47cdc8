import { useSyncExternalStore } from "react";

/** Whether `query` holds now; the component is drawn again when that changes. */
export function useMedia(query: string): boolean {
  const holds = (): boolean => window.matchMedia(query).matches;
  const subscribe = (changed: () => void): (() => void) => {
    const list = window.matchMedia(query);
    list.addEventListener("change", changed);
    return () => list.removeEventListener("change", changed);
  };
  // The last is for what was drawn before React was there: the same holds then.
  return useSyncExternalStore(subscribe, holds, holds);
}
