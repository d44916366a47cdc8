// Parts of the retriever that tests reach behind its front door for.
import { join } from "node:path";
import { takeLease, type Lease } from "../../src/retriever/state/lease.ts";

export { FetchState, runSource, statePath } from "../../src/retriever/index.ts";

export function takeLeaseForTest(dataDir: string, source: string): Lease {
  return takeLease(join(dataDir, "fetch-locks"), source);
}
