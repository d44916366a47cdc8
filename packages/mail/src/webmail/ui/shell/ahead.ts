// What a key may open at any moment is loaded as soon as the page has nothing else to do: it is not waited for then.
import { useEffect } from "react";

const AFTER_MS = 1_500;

export function useLoadedAhead(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      if ("requestIdleCallback" in window) window.requestIdleCallback(load);
      else load();
    }, AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
}

function load(): void {
  // Offline now, they are asked for again when they are needed.
  for (const module of [import("../parts/modal.tsx"), import("../parts/open-menu.tsx")]) module.catch(() => undefined);
}
