// A run that is asked to end has some time to say goodbye; then its sessions are cut.

/** How long that is, unless whoever runs it cuts by itself. */
export const GRACE_MS = 10_000;

/** Aborts `cut` so long after `signal`; `clear` takes that back. */
export function abortLater(signal: AbortSignal, cut: AbortController, ms: number): { clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    timer = setTimeout(() => cut.abort(), ms);
  };
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return {
    clear() {
      signal.removeEventListener("abort", begin);
      clearTimeout(timer);
    },
  };
}
