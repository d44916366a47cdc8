// What this process has learnt about hosts: those that announce PIPELINING and lose commands.
import type { HostMemory } from "./contract.ts";

const HOSTS_MAX = 1_000;

/** A memory for one process; of more than 1,000 hosts the oldest are forgotten. */
export function createHostMemory(): HostMemory {
  const broken = new Set<string>();
  return {
    isPipeliningBroken: (host) => broken.has(host),
    rememberPipeliningBroken(host) {
      broken.delete(host);
      broken.add(host);
      for (const oldest of broken) {
        if (broken.size <= HOSTS_MAX) return;
        broken.delete(oldest);
      }
    },
  };
}

export const PROCESS_HOST_MEMORY = createHostMemory();
