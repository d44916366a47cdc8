// Work that outlives the request that asked for it, and ends with the house.
import type { Log } from "../../observe/index.ts";

export class Background {
  readonly #log: Log;
  readonly #ending = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(log: Log) {
    this.#log = log;
  }

  start(work: (signal: AbortSignal) => Promise<unknown>): void {
    const running = this.#run(work).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#running);
  }

  async #run(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    try {
      await work(this.#ending.signal);
    } catch (error) {
      if (!this.#ending.signal.aborted) this.#log.warn({ error }, "what the reader began did not come to its end");
    }
  }
}
