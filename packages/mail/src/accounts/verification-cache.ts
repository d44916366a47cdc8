// Remembers which passwords were found right, so that a returning client does not pay the slow hash again.
// Holds keyed hashes only, under a key that dies with the process; what is not in it was not accepted.
import { createSecretKey, randomBytes } from "node:crypto";
import { keyedHash } from "./keyed-hash.ts";

/** Everything that decides whether a password is right: a change of any part makes another key. */
export interface Verified {
  readonly account: string;
  readonly login: string;
  readonly credentialVersion: number;
  /** Its salt is fresh at every change, so that not even a login removed and made anew is confused with the old one. */
  readonly verifier: string;
  readonly password: string;
}

export interface VerificationCacheOptions {
  readonly entriesMax?: number;
  readonly ttlMs?: number;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
}

export class VerificationCache {
  readonly #key = createSecretKey(randomBytes(32));
  readonly #entriesMax: number;
  readonly #ttlMs: number;
  readonly #now: () => number;
  /** Keyed hash to the time it ends; the least recently used comes first. */
  readonly #entries = new Map<string, number>();

  constructor(options: VerificationCacheOptions = {}) {
    this.#entriesMax = options.entriesMax ?? 100_000;
    this.#ttlMs = options.ttlMs ?? 3_600_000;
    this.#now = options.now ?? (() => performance.now());
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Whether exactly this was accepted within the last hour. Use does not prolong it. */
  has(verified: Verified): boolean {
    const name = this.#nameOf(verified);
    const endsAt = this.#entries.get(name);
    if (endsAt === undefined) return false;
    this.#entries.delete(name);
    if (endsAt <= this.#now()) return false;
    this.#entries.set(name, endsAt);
    return true;
  }

  /** Only for what a full check has just accepted. */
  add(verified: Verified): void {
    const name = this.#nameOf(verified);
    this.#entries.delete(name);
    this.#entries.set(name, this.#now() + this.#ttlMs);
    if (this.#entries.size <= this.#entriesMax) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  #nameOf(v: Verified): string {
    return keyedHash(
      this.#key,
      "verified",
      v.account,
      v.login,
      `${v.credentialVersion}`,
      v.verifier,
      v.password,
    ).toString("latin1");
  }
}
