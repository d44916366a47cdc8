// Work on a source outside the daemon's runs. One thing at a time happens to a maildrop, so whatever else is going on is
// waited for: a run of the daemon, of this reader or of a command, or somebody who looks.
import { setTimeout as delay } from "node:timers/promises";
import { FetchError, runSource, type FetchHouse, type SourceReport } from "../../../retriever/index.ts";
import { ApiError } from "../api-error.ts";
import type { Reading } from "../reading.ts";
import { knownSource } from "./known-source.ts";
import { troubleOf } from "./shown.ts";

/** Somebody waits for the answer; less than a request may take. */
const WAIT_MS = 60_000;
/** Whether it is free is a look at a file. */
const LOOK_EVERY_MS = 200;

interface BetweenRuns {
  readonly source: string;
  readonly signal: AbortSignal;
  /** Nobody waits: it is done when there is time for it. */
  readonly isPatient?: boolean;
}

interface RunBetween extends Omit<BetweenRuns, "source">, Pick<FetchHouse, "asked" | "allowed"> {
  /** Called before anybody hears of the end, whatever that is. */
  readonly onEnding?: () => void;
}

/** Throws ApiError `busy`, and what the work throws. */
export async function betweenRuns<T>(
  { house }: Reading,
  { source, signal, isPatient = false }: BetweenRuns,
  work: (house: FetchHouse) => Promise<T>,
): Promise<T> {
  const fetchHouse: FetchHouse = { ...house.fetchHouse(), signal };
  for (const until = Date.now() + WAIT_MS; ;) {
    try {
      return await work(fetchHouse);
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (!isPatient && Date.now() > until)
        throw new ApiError("busy", `${source} is being collected now; pause it, or try again when it has ended`, {
          cause: error,
          reason: "collecting-now",
          values: { name: source },
        });
      await delay(LOOK_EVERY_MS, undefined, { signal });
    }
  }
}

/**
 * A run beside the daemon's, as soon as there is none; whoever listens to the reader hears of it. Throws ApiError `busy`, and
 * `not-found` where the source was taken out while it was waited for.
 */
export async function runBetween(reading: Reading, source: string, o: RunBetween): Promise<SourceReport> {
  const { signal, isPatient = false, onEnding, ...wishes } = o;
  try {
    return await betweenRuns(reading, { source, signal, isPatient }, async (fetchHouse) => {
      const report = await runSource(knownSource(reading, source), {
        ...fetchHouse,
        ...wishes,
        onEvent(event) {
          // That it has to wait is no news.
          if (event.kind === "finished" && event.report.error?.code === "busy") return;
          if (event.kind === "finished") {
            // Whoever hears of the end asks anew, and is not to be told what was so before.
            onEnding?.();
            reading.seats.forget(source);
          }
          reading.events.take(event);
        },
      });
      if (report.error?.code === "busy") throw new FetchError("busy", report.error.message);
      return report;
    });
  } catch (error) {
    onEnding?.();
    // Nobody waits for the answer to a patient one: what was expected of it is over all the same.
    if (isPatient && !signal.aborted) {
      const trouble = error instanceof ApiError ? null : troubleOf(source, error);
      reading.events.tell({ kind: "source-ended", source, arrived: 0, removed: 0, trouble });
    }
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof FetchError && error.code === "busy";
}
