// Waiting for something inside this process: a turn of the event loop at a time, bounded by the test's own time-out.
import { setImmediate as nextTurn } from "node:timers/promises";

export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await nextTurn();
}
