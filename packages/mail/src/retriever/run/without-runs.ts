import { join } from "node:path";
import { takeLease } from "../state/lease.ts";
import { FETCH_FILES } from "./house.ts";

/** Changes what is remembered of a source while nobody collects from it. Throws FetchError `busy`. */
export function withoutRuns<T>(dataDir: string, source: string, work: () => T): T {
  const lease = takeLease(join(dataDir, FETCH_FILES.leases), source);
  try {
    return work();
  } finally {
    lease.release();
  }
}
