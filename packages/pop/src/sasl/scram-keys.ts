// Keys of SCRAM-SHA-256 (RFC 5802 §3, RFC 7677): what a server keeps in place of a password.
import { createHash, createHmac, subtle } from "node:crypto";
import type { ScramKeys } from "./contract.ts";
import { defaultSaslprep, type Saslprep } from "./saslprep.ts";
import { encodeUtf8 } from "./text.ts";

/** RFC 7677 §4: fewer iterations are not allowed. */
export const scramIterationsMin = 4_096;
/** Octets of a SHA-256 hash, and so of every key. */
export const keyOctets = 32;

/** Keys that belong to nobody yet. */
export type DerivedScramKeys = Omit<ScramKeys, "owner">;

/** Derives keys off the event loop. Rejects with RangeError for fewer than 4,096 iterations, no salt, or a password that SASLprep refuses or empties. */
export async function deriveScramKeys(
  password: string,
  salt: Uint8Array,
  iterations: number,
  saslprep: Saslprep = defaultSaslprep,
): Promise<DerivedScramKeys> {
  if (iterations < scramIterationsMin) throw new RangeError(`SCRAM needs at least ${scramIterationsMin} iterations`);
  if (salt.length === 0) throw new RangeError("SCRAM needs a salt");
  const prepared = saslprep(password);
  if (prepared === undefined || prepared === "") throw new RangeError("SASLprep does not allow this password");
  const salted = await slowHash(prepared, salt, iterations);
  return {
    salt,
    iterations,
    storedKey: sha256(hmac(salted, "Client Key")),
    serverKey: hmac(salted, "Server Key"),
  };
}

/** PBKDF2, in the thread pool. */
async function slowHash(password: string, salt: Uint8Array, iterations: number): Promise<Uint8Array> {
  const key = await subtle.importKey("raw", encodeUtf8(password), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: Uint8Array.from(salt), iterations };
  return new Uint8Array(await subtle.deriveBits(how, key, 8 * keyOctets));
}

export interface MadeUpKeysOptions {
  readonly login: string;
  /** Kept for as long as logins are, so that the salt of a name nobody has never changes. */
  readonly secret: Uint8Array;
  /** As real logins have them: what differs would tell names apart. */
  readonly iterations: number;
  readonly saltOctets: number;
}

/** Keys for a login that does not exist: the same at every attempt, and no proof fits them. saltOctets is at most 32. */
export function madeUpScramKeys(options: MadeUpKeysOptions): ScramKeys {
  const { login, secret, iterations, saltOctets } = options;
  return {
    salt: hmac(secret, `salt\0${login}`).subarray(0, saltOctets),
    iterations,
    storedKey: hmac(secret, `stored key\0${login}`),
    serverKey: hmac(secret, `server key\0${login}`),
    owner: undefined,
  };
}

export function hmac(key: Uint8Array, text: string): Uint8Array {
  return createHmac("sha256", key).update(text, "utf8").digest();
}

export function sha256(octets: Uint8Array): Uint8Array {
  return createHash("sha256").update(octets).digest();
}
