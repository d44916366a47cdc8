// Loaded into the measured server with `--import`: keeps a histogram of its event loop's delay and writes it, and
// starts anew, at each SIGUSR2.
import { writeFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

const target = process.env["BENCH_LOOP_FILE"];
if (isMainThread && target !== undefined) {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  process.on("SIGUSR2", () => {
    const milliseconds = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - 1);
    writeFileSync(
      target,
      JSON.stringify({
        p50: milliseconds(histogram.percentile(50)),
        p99: milliseconds(histogram.percentile(99)),
        max: milliseconds(histogram.max),
      }),
    );
    histogram.reset();
    histogram.enable(); // from the first signal on: its timer costs CPU that is not the server's
  });
}
