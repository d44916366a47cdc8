/** Calls `begin` once, when the page has nothing else to do, within `withinMs` at the latest. Gives back how to call it off. */
export function whenIdle(withinMs: number, begin: () => void): () => void {
  if ("requestIdleCallback" in window) {
    const idle = window.requestIdleCallback(begin, { timeout: withinMs });
    return () => window.cancelIdleCallback(idle);
  }
  // Not every browser says when it has nothing to do.
  const timer = setTimeout(begin);
  return () => clearTimeout(timer);
}
