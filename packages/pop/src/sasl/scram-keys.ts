// Keys of SCRAM (RFC 5802 §3, RFC 7677): what both ends make of a password, and what a server keeps in its place.
import { createHash, createHmac, subtle } from "node:crypto";
import type { ScramHash, ScramKeys } from "./contract.ts";
import { defaultSaslprep, type Saslprep } from "./saslprep.ts";
import { encodeUtf8 } from "./text.ts";

/** RFC 5802 §5.1, RFC 7677 §4: fewer iterations are not allowed. */
export const scramIterationsMin = 4_096;

const WEB_CRYPTO: Readonly<Record<ScramHash, string>> = { sha256: "SHA-256", sha1: "SHA-1" };
/** Octets of a hash, and so of every key a server keeps. */
export const KEY_OCTETS: Readonly<Record<ScramHash, number>> = { sha256: 32, sha1: 20 };
/** What a SCRAM mechanism is called, without its `-PLUS`. */
export const SCRAM_NAMES: Readonly<Record<ScramHash, string>> = { sha256: "SCRAM-SHA-256", sha1: "SCRAM-SHA-1" };

export interface ScramDerivation {
  /** SHA-256 unless said otherwise. */
  readonly hash?: ScramHash;
  /** This package's own unless given. */
  readonly saslprep?: Saslprep;
}

/** Keys that belong to nobody yet. */
export type DerivedScramKeys = Omit<ScramKeys, "owner">;

/** Derives keys off the event loop. Rejects with RangeError for fewer than 4,096 iterations, no salt, or a password that SASLprep refuses or empties. */
export async function deriveScramKeys(
  password: string,
  salt: Uint8Array,
  iterations: number,
  { hash = "sha256", saslprep = defaultSaslprep }: ScramDerivation = {},
): Promise<DerivedScramKeys> {
  if (iterations < scramIterationsMin) throw new RangeError(`SCRAM needs at least ${scramIterationsMin} iterations`);
  if (salt.length === 0) throw new RangeError("SCRAM needs a salt");
  const prepared = saslprep(password);
  if (prepared === undefined || prepared === "") throw new RangeError("SASLprep does not allow this password");
  const { clientKey, serverKey } = await deriveBothKeys({ password: prepared, salt, iterations, hash });
  return { salt, iterations, storedKey: digest(clientKey, hash), serverKey };
}

export interface KeyDerivation {
  /** Prepared by SASLprep. */
  readonly password: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly hash: ScramHash;
}

/** ClientKey and ServerKey (RFC 5802 §3). PBKDF2 runs in the thread pool. */
export async function deriveBothKeys(
  o: KeyDerivation,
): Promise<{ readonly clientKey: Uint8Array; readonly serverKey: Uint8Array }> {
  const key = await subtle.importKey("raw", encodeUtf8(o.password), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: WEB_CRYPTO[o.hash], salt: Uint8Array.from(o.salt), iterations: o.iterations };
  const salted = new Uint8Array(await subtle.deriveBits(how, key, 8 * KEY_OCTETS[o.hash]));
  return { clientKey: hmac(salted, "Client Key", o.hash), serverKey: hmac(salted, "Server Key", o.hash) };
}

export interface MadeUpKeysOptions {
  readonly login: string;
  /** Kept for as long as logins are, so that the salt of a name nobody has never changes. */
  readonly secret: Uint8Array;
  /** As real logins have them: what differs would tell names apart. */
  readonly iterations: number;
  readonly saltOctets: number;
  /** SHA-256 unless said otherwise. */
  readonly hash?: ScramHash;
}

/** Keys for a login that does not exist: the same at every attempt, and no proof fits them. saltOctets is at most the octets of the hash. */
export function madeUpScramKeys(options: MadeUpKeysOptions): ScramKeys {
  const { login, secret, iterations, saltOctets, hash = "sha256" } = options;
  return {
    salt: hmac(secret, `salt\0${login}`, hash).subarray(0, saltOctets),
    iterations,
    storedKey: hmac(secret, `stored key\0${login}`, hash),
    serverKey: hmac(secret, `server key\0${login}`, hash),
    owner: undefined,
  };
}

export function hmac(key: Uint8Array, text: string, hash: ScramHash): Uint8Array {
  return createHmac(hash, key).update(text, "utf8").digest();
}

export function digest(octets: Uint8Array, hash: ScramHash): Uint8Array {
  return createHash(hash).update(octets).digest();
}
