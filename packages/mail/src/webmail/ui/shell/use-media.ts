import { useSyncExternalStore } from "react";

/** What is open takes the place of the list. */
export const NARROW = "(max-width: 45rem)";

interface Media {
  readonly holds: () => boolean;
  readonly subscribe: (changed: () => void) => () => void;
}

/** Each is asked of the browser once, and heard for as long as somebody uses it. */
const known = new Map<string, Media>();

function mediaOf(query: string): Media {
  const found = known.get(query);
  if (found !== undefined) return found;
  const list = window.matchMedia(query);
  const media: Media = {
    holds: () => list.matches,
    subscribe(changed) {
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
  };
  known.set(query, media);
  return media;
}

/** Whether `query` holds now; the component is drawn again when that changes. */
export function useMedia(query: string): boolean {
  const { holds, subscribe } = mediaOf(query);
  // The last is for what was drawn before React was there: the same holds then.
  return useSyncExternalStore(subscribe, holds, holds);
}
