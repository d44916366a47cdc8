// Work on a source outside its runs. One thing at a time happens to a maildrop, so a run that is going on is waited for.
import { FetchError, type FetchHouse } from "../../../retriever/index.ts";
import { ApiError } from "../api-error.ts";
import type { Reading } from "../reading.ts";

/** How often a run may come in between. */
const TRIES = 4;
const WAIT_MS = 30_000;

/** Throws ApiError `busy`, and what the work throws. */
export async function betweenRuns<T>(
  reading: Reading,
  o: { readonly source: string; readonly signal: AbortSignal },
  work: (house: FetchHouse) => Promise<T>,
): Promise<T> {
  const { house } = reading;
  const fetchHouse: FetchHouse = { ...house.fetchHouse(), signal: o.signal };
  for (let tries = 0; ; tries += 1) {
    const ended = nextEnd(reading, o);
    try {
      return await work(fetchHouse);
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (tries >= TRIES || !(await ended.wait()))
        throw new ApiError("busy", `${o.source} is being collected now; pause it, or try again when it has ended`, {
          cause: error,
          reason: "collecting-now",
          values: { name: o.source },
        });
    } finally {
      ended.stop();
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof FetchError && error.code === "busy";
}

/** Listens from before the work begins: an end in between is not missed. */
function nextEnd(
  { house }: Reading,
  { source, signal }: { readonly source: string; readonly signal: AbortSignal },
): { wait(): Promise<boolean>; stop(): void } {
  let hasEnded = false;
  let wake = (): void => undefined;
  const unlisten = house.collecting.listen((event) => {
    // The lease is given back before its end is told.
    if (event.source !== source || event.kind !== "finished") return;
    hasEnded = true;
    wake();
  });
  let timer: NodeJS.Timeout | undefined;
  const aborted = (): void => wake();
  return {
    async wait() {
      if (hasEnded || signal.aborted) return hasEnded;
      await new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, WAIT_MS);
        signal.addEventListener("abort", aborted, { once: true });
      });
      return hasEnded;
    },
    stop() {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
      unlisten();
    },
  };
}
