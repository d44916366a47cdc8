// Who may have slow checks run, and how many at once. Penalties belong to the network a peer comes from, never to an
// account: whoever guesses at somebody's password cannot lock its owner out.
import { createSecretKey, randomBytes } from "node:crypto";
import { Overloaded } from "./hash-threads.ts";
import { keyedHash } from "./keyed-hash.ts";
import { prefixOf } from "./peer-prefix.ts";

export interface AdmissionOptions {
  /** More different wrong passwords than this, with a half-life of ten minutes, make a prefix penalised. */
  readonly failuresFree?: number;
  readonly parallelWhilePenalised?: number;
  readonly waitingMax?: number;
  readonly prefixesMax?: number;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
}

/** An attempt that was let in. Must be ended once, whatever came of it. */
export interface Admitted {
  /** The credentials were refused. The same ones again do not count: a mail program that polls with an old password is no attack. */
  refused(login: string, password: string): void;
  end(): void;
}

interface Prefix {
  failures: number;
  /** When `failures` was last brought up to date. */
  at: number;
  /** Keyed hashes of the last wrong credentials, newest last. */
  readonly recent: string[];
  running: number;
  readonly waiting: (() => void)[];
}

const HALF_LIFE_MS = 600_000;
const RECENT_MAX = 10;
const FORGOTTEN_BELOW = 0.1;

export class Admission {
  readonly #key = createSecretKey(randomBytes(32));
  readonly #prefixes = new Map<string, Prefix>();
  readonly #failuresFree: number;
  readonly #parallel: number;
  readonly #waitingMax: number;
  readonly #prefixesMax: number;
  readonly #now: () => number;

  constructor(options: AdmissionOptions = {}) {
    this.#failuresFree = options.failuresFree ?? 5;
    this.#parallel = options.parallelWhilePenalised ?? 2;
    this.#waitingMax = options.waitingMax ?? 100;
    this.#prefixesMax = options.prefixesMax ?? 100_000;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Prefixes remembered now. */
  get size(): number {
    return this.#prefixes.size;
  }

  /** Resolves when the attempt may run; rejects with Overloaded when `patience` ends first. */
  async enter(address: string, patience: AbortSignal): Promise<Admitted> {
    const name = prefixOf(address);
    const prefix = this.#prefix(name);
    if (this.#mustWait(prefix)) await this.#turn(prefix, patience);
    else prefix.running += 1;
    return {
      refused: (login, password) =>
        this.#count(prefix, keyedHash(this.#key, "refused", login, password).toString("latin1")),
      end: () => this.#leave(name, prefix),
    };
  }

  #prefix(name: string): Prefix {
    const known = this.#prefixes.get(name);
    if (known !== undefined) {
      this.#prefixes.delete(name); // and set again below, so that the one unused longest comes first
      this.#prefixes.set(name, known);
      return known;
    }
    const prefix: Prefix = { failures: 0, at: this.#now(), recent: [], running: 0, waiting: [] };
    this.#prefixes.set(name, prefix);
    this.#forgetOldest();
    return prefix;
  }

  #mustWait(prefix: Prefix): boolean {
    return prefix.running >= this.#parallel && this.#failures(prefix) > this.#failuresFree;
  }

  /** Waits for a place; whoever leaves hands his over, so `running` is counted already. */
  #turn(prefix: Prefix, patience: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (patience.aborted || prefix.waiting.length >= this.#waitingMax) return reject(tooMany());
      const enter = (): void => {
        patience.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = (): void => {
        prefix.waiting.splice(prefix.waiting.indexOf(enter), 1);
        reject(tooMany());
      };
      patience.addEventListener("abort", giveUp, { once: true });
      prefix.waiting.push(enter);
    });
  }

  #count(prefix: Prefix, credentials: string): void {
    const seen = prefix.recent.indexOf(credentials);
    if (seen === -1) {
      prefix.failures = this.#failures(prefix) + 1;
      prefix.at = this.#now();
    } else {
      prefix.recent.splice(seen, 1);
    }
    prefix.recent.push(credentials);
    if (prefix.recent.length > RECENT_MAX) prefix.recent.shift();
  }

  #failures(prefix: Prefix): number {
    return prefix.failures * 2 ** ((prefix.at - this.#now()) / HALF_LIFE_MS);
  }

  #leave(name: string, prefix: Prefix): void {
    prefix.running -= 1;
    while (prefix.waiting.length > 0 && !this.#mustWait(prefix)) {
      prefix.running += 1;
      prefix.waiting.shift()?.();
    }
    if (prefix.running === 0 && this.#failures(prefix) < FORGOTTEN_BELOW) this.#prefixes.delete(name);
  }

  /** One that has attempts under way is kept: what it counts must stay true. */
  #forgetOldest(): void {
    if (this.#prefixes.size <= this.#prefixesMax) return;
    for (const [name, prefix] of this.#prefixes) {
      if (prefix.running > 0) continue;
      this.#prefixes.delete(name);
      return;
    }
  }
}

function tooMany(): Overloaded {
  return new Overloaded("too many attempts at once from a network with failed logins");
}
