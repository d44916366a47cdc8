// Keys of SCRAM (RFC 5802 §3, RFC 7677): what both ends make of a password, and what a server keeps in its place.
import { createHash, createHmac, subtle } from "node:crypto";
import type { ScramKeys } from "./contract.ts";
import { defaultSaslprep, type Saslprep } from "./saslprep.ts";
import { encodeUtf8 } from "./text.ts";

/** RFC 7677 §4: fewer iterations are not allowed. */
export const scramIterationsMin = 4_096;
/** Octets of a SHA-256 hash, and so of every key a server keeps. */
export const keyOctets = 32;

/** The hash that gives a SCRAM mechanism its name. */
export type ScramHash = "sha256" | "sha1";
const WEB_CRYPTO: Readonly<Record<ScramHash, { readonly name: string; readonly octets: number }>> = {
  sha256: { name: "SHA-256", octets: keyOctets },
  sha1: { name: "SHA-1", octets: 20 },
};

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
  const { clientKey, serverKey } = await deriveBothKeys({ password: prepared, salt, iterations, hash: "sha256" });
  return { salt, iterations, storedKey: sha256(clientKey), serverKey };
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
  const { name, octets } = WEB_CRYPTO[o.hash];
  const key = await subtle.importKey("raw", encodeUtf8(o.password), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: name, salt: Uint8Array.from(o.salt), iterations: o.iterations };
  const salted = new Uint8Array(await subtle.deriveBits(how, key, 8 * octets));
  return { clientKey: hmac(salted, "Client Key", o.hash), serverKey: hmac(salted, "Server Key", o.hash) };
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

export function hmac(key: Uint8Array, text: string, hash: ScramHash = "sha256"): Uint8Array {
  return createHmac(hash, key).update(text, "utf8").digest();
}

export function sha256(octets: Uint8Array): Uint8Array {
  return createHash("sha256").update(octets).digest();
}
