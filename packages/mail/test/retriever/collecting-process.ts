// A process of its own that runs one source once, and dies of SIGKILL after the step a test names.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SILENT } from "../../src/observe/index.ts";
import { FetchState, runSource, statePath } from "../../src/retriever/index.ts";
import { openStoreSetting, sourceFor, type SourceKeys } from "./fixture.ts";

export interface CollectingOrder {
  readonly folder: string;
  readonly port: number;
  readonly keys: SourceKeys;
  /** Dies after so many steps; undefined runs to its end and tells how many there are. */
  readonly dieAfter: number | undefined;
}

const order = JSON.parse(process.argv[2] ?? "{}") as CollectingOrder;
const state = FetchState.open(statePath(join(order.folder, "data")));
const anna = await openStoreSetting(order.folder);
let steps = 0;
const report = await runSource(sourceFor(order), {
  state,
  dataDir: join(order.folder, "data"),
  env: process.env,
  log: SILENT,
  signal: new AbortController().signal,
  openStore: () => Promise.resolve(anna.local),
  checkpoint() {
    steps += 1;
    if (steps === order.dieAfter) process.kill(process.pid, "SIGKILL");
  },
});
state.close();
await anna.close();
process.stdout.write(JSON.stringify({ steps, report, peak: peakOctets() }));

/** Of this process alone: maxRSS begins with that of whoever started it. */
function peakOctets(): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1_024;
}
