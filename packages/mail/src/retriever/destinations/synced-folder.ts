// Names in a folder made durable: one sync for all who wait for one.
import { syncFolder } from "../../files/index.ts";

export class SyncedFolder {
  readonly #path: string;
  #running: Promise<void> | undefined;
  /** Begins when the running one has ended: whoever comes meanwhile may have come too late for that one. */
  #next: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Resolves when everything that was in the folder at the call is durable there. */
  sync(): Promise<void> {
    if (this.#running === undefined) return this.#begin();
    this.#next ??= this.#running.then(
      () => this.#begin(),
      () => this.#begin(),
    );
    return this.#next;
  }

  #begin(): Promise<void> {
    this.#next = undefined;
    const running = syncFolder(this.#path).finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}
