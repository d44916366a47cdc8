// How many TLS handshakes a neighbourhood of addresses may begin: before a login they are what costs a server most.
import { networkOf } from "./channel.ts";
import type { Limits } from "./limits.ts";

/** What may come at once after a quiet time, in seconds' worth: the programs of one house start together. */
const burstSeconds = 3;

interface Bucket {
  /** Handshakes that may begin now. */
  left: number;
  readonly neighbourhood: string;
  since: number;
}

export class Handshakes {
  readonly #limits: Pick<Limits, "handshakesPerSecond">;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: Pick<Limits, "handshakesPerSecond">) {
    this.#limits = limits;
  }

  /** Counts one that begins `now`, in milliseconds, and gives true; false when there were too many. */
  begin(address: string, now: number): boolean {
    const neighbourhood = neighbourhoodOf(address);
    const bucket = this.#buckets.get(neighbourhood) ?? { neighbourhood, left: this.#most, since: now };
    this.#buckets.set(neighbourhood, bucket);
    this.#fill(bucket, now);
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }

  /** Forgets those that have been quiet for long enough to begin anew. */
  sweep(now: number): void {
    for (const bucket of this.#buckets.values()) {
      this.#fill(bucket, now);
      if (bucket.left >= this.#most) this.#buckets.delete(bucket.neighbourhood);
    }
  }

  /** Neighbourhoods that are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  #fill(bucket: Bucket, now: number): void {
    const gained = ((now - bucket.since) / 1_000) * this.#limits.handshakesPerSecond;
    bucket.left = Math.min(this.#most, bucket.left + gained);
    bucket.since = now;
  }

  get #most(): number {
    return this.#limits.handshakesPerSecond * burstSeconds;
  }
}

/** What one operator of addresses easily has: an IPv4 /24, an IPv6 /64. */
function neighbourhoodOf(address: string): string {
  return address.includes(":") ? networkOf(address) : address.slice(0, address.lastIndexOf("."));
}
