// What a task may take is time of a processor: a thread that a busy machine lets wait is not at fault, nor is its message.
import type { Worker } from "node:worker_threads";

/** So many times as long it may take by the clock. */
const BY_THE_CLOCK = 8;

/**
 * Calls `onOver` once `thread` has used `ms` milliseconds of a processor from now on, or has taken eight times as long by the
 * clock, unless the function it gives is called before. Where Node does not tell what a thread uses (before 24.6), the clock
 * alone counts, and `ms` is all there is.
 */
export function afterProcessorTime(thread: Worker, ms: number, onOver: () => void): () => void {
  const latest = performance.now() + ms * BY_THE_CLOCK;
  const usedBefore = usedMs(thread);
  let isOver = false;
  const look = async (): Promise<void> => {
    const [before, now] = await Promise.all([usedBefore, usedMs(thread)]);
    if (isOver) return;
    const leftMs = before === undefined || now === undefined ? 0 : ms - (now - before);
    const leftByTheClock = latest - performance.now();
    if (leftMs > 0 && leftByTheClock > 0) timer = setTimeout(() => void look(), Math.min(leftMs, leftByTheClock));
    else onOver();
  };
  let timer = setTimeout(() => void look(), ms);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

async function usedMs(thread: Partial<Pick<Worker, "cpuUsage">>): Promise<number | undefined> {
  // One that has ended is not asked.
  const used = await thread.cpuUsage?.().catch(() => undefined);
  return used && (used.user + used.system) / 1_000;
}
