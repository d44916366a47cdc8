// Asks the name servers of this machine themselves. A lookup by the system (getaddrinfo) cannot be given up and keeps a
// thread until it is over: a message with hundreds of hosts nobody answers for would hold up those of collecting and sending.
import { Resolver } from "node:dns/promises";
import { LIMITS } from "../limits.ts";

export interface Asked {
  readonly signal: AbortSignal;
  /** In tests alone; those of this machine otherwise. */
  readonly servers?: readonly string[];
}

/** Rejects for a host without addresses, and at the signal. */
export async function askNameServers(host: string, { signal, servers }: Asked): Promise<readonly string[]> {
  // Nobody outside answers for `localhost` and the like, and nobody there is to hear of them.
  if (/^[^.]*\.?$/.test(host)) throw new Error("a name without a domain is none of the public Internet");
  signal.throwIfAborted();
  const resolver = new Resolver({ timeout: LIMITS.nameServerMs, tries: LIMITS.nameServerTries });
  if (servers !== undefined) resolver.setServers(servers);
  const giveUp = (): void => resolver.cancel();
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    // Many hosts have addresses of one kind alone, and some name servers never answer for the other.
    const [six, four] = await Promise.allSettled([resolver.resolve6(host), resolver.resolve4(host)]);
    signal.throwIfAborted();
    if (six.status === "rejected" && four.status === "rejected") throw four.reason;
    return [six, four].flatMap((kind) => (kind.status === "fulfilled" ? kind.value : []));
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}
