// What a task may take is time of a processor: a thread that a busy machine lets wait is not at fault, nor is its message.
import type { Worker } from "node:worker_threads";

/** So many times as long it may take by the clock: less than those who ask for a message wait for it. */
const BY_THE_CLOCK = 3;

/**
 * Calls `onOver` once `thread` has used `ms` milliseconds of a processor from now on, or has taken three times as long by the
 * clock, unless the function it gives is called before. Where Node does not tell what a thread uses (before 22.19 and 24.6),
 * the clock alone counts, and `ms` is all there is.
 */
export function afterProcessorTime(thread: Worker, ms: number, onOver: () => void): () => void {
  const usedBefore = usedMs(thread);
  const stop = (): void => {
    clearTimeout(next);
    clearTimeout(last);
    isOver = true;
  };
  const end = (): void => {
    stop();
    onOver();
  };
  const look = async (): Promise<void> => {
    const [before, now] = await Promise.all([usedBefore, usedMs(thread)]);
    if (isOver) return;
    const leftMs = before === undefined || now === undefined ? 0 : ms - (now - before);
    if (leftMs > 0) next = setTimeout(() => void look(), leftMs);
    else end();
  };
  let isOver = false;
  let next = setTimeout(() => void look(), ms);
  // A thread in one long call of Node's own answers nothing before it returns.
  const last = setTimeout(end, ms * BY_THE_CLOCK);
  return stop;
}

/** Undefined where it is not known, as of a thread that has ended. */
async function usedMs(thread: Partial<Pick<Worker, "cpuUsage">>): Promise<number | undefined> {
  try {
    const used = await thread.cpuUsage?.();
    return used && (used.user + used.system) / 1_000;
  } catch {
    return undefined;
  }
}
