/** Where a browser does not say when: what was begun is drawn by then. */
const SOON_MS = 50;

/** Calls `begin` once, when the page has nothing else to do, within `withinMs` at the latest. Gives back how to call it off. */
export function whenIdle(withinMs: number, begin: () => void): () => void {
  if ("requestIdleCallback" in window) {
    const idle = window.requestIdleCallback(begin, { timeout: withinMs });
    return () => window.cancelIdleCallback(idle);
  }
  const timer = setTimeout(begin, Math.min(SOON_MS, withinMs));
  return () => clearTimeout(timer);
}
