// Who is let in: so many connections in all, so many from one address or IPv6 network.
import { isLoopback, networkOf } from "./channel.ts";
import type { Limits } from "./limits.ts";

export class Admission {
  readonly #limits: Limits;
  readonly #perNetwork = new Map<string, number>();
  #connections = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Counts the connection in and gives true, or leaves it out. */
  enter(address: string): boolean {
    const network = networkOf(address);
    const before = this.#perNetwork.get(network) ?? 0;
    if (this.#connections >= this.#limits.connectionsMax) return false;
    // Loopback is exempt: one proxy, web reader or test there speaks for many people.
    if (before >= this.#limits.connectionsPerAddressMax && !isLoopback(address)) return false;
    this.#connections += 1;
    this.#perNetwork.set(network, before + 1);
    return true;
  }

  /** Of a connection that had entered. */
  leave(address: string): void {
    const network = networkOf(address);
    const before = this.#perNetwork.get(network) ?? 0;
    this.#connections -= 1;
    if (before > 1) this.#perNetwork.set(network, before - 1);
    else this.#perNetwork.delete(network);
  }
}
