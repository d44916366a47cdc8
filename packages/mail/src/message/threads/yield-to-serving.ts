// Mail is served before it is read: on a busy machine, a thread that parses or indexes waits for those that answer.
import { setPriority } from "node:os";

/** Of 19; at 5 a thread still has a quarter of a processor that others would have whole. */
const NICENESS = 5;

/** For the thread that calls it. Elsewhere than on Linux a priority is the whole process's, and is left alone. */
export function yieldToServing(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(NICENESS);
  } catch {
    // A sandbox may forbid it; then all threads are equal.
  }
}
