// How many messages are on their way at once. A server that does not answer keeps an attempt for half an hour: it has few
// of the slots, so that it holds up nobody else's mail; mail of the house has slots of its own.
import { SUBMISSION_LIMITS } from "./limits.ts";

export class Slots {
  /** By message, the server it goes to; undefined: it stays in the house. */
  readonly #taken = new Map<string, string | undefined>();

  /** False when there is none left for this server, or for the house. */
  take(message: string, server: string | undefined): boolean {
    const servers = [...this.#taken.values()];
    const same = servers.filter((one) => one === server).length;
    const { placingAtOnceMax, sendingAtOnceMax, sendingToOneServerMax } = SUBMISSION_LIMITS;
    const outside = servers.filter((one) => one !== undefined).length;
    const isFree =
      server === undefined ? same < placingAtOnceMax : same < sendingToOneServerMax && outside < sendingAtOnceMax;
    if (isFree) this.#taken.set(message, server);
    return isFree;
  }

  free(message: string): void {
    this.#taken.delete(message);
  }
}
