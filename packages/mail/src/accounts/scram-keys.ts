// SCRAM keys of generated passwords, and made-up ones for every other name: nobody learns from a salt who exists.
import { deriveScramKeys, madeUpScramKeys, type ScramHash, type ScramKeys } from "@restante/pop/sasl";
import type { HouseKey } from "./key-file.ts";

/** RFC 7677 §4. Passwords of 140 random bits need no more. */
const ITERATIONS = 4_096;
const SALT_OCTETS = 16;
const MECHANISMS: Readonly<Record<ScramHash, string>> = { sha256: "SCRAM-SHA-256", sha1: "SCRAM-SHA-1" };

interface KeptKeys {
  readonly mechanism: string;
  readonly iterations: number;
  /** Base64, as the next two. */
  readonly salt: string;
  readonly storedKey: string;
  readonly serverKey: string;
}

/**
 * Keys for a login that has none: the same at every attempt, and no proof fits them. The salt of a login that has keys is
 * derived in the same way, so that it stays the same when a login comes, gets another password or goes.
 */
export function fakeScramKeys(key: HouseKey, login: string, hash: ScramHash): ScramKeys {
  return madeUpScramKeys({ login, secret: key.secret.export(), iterations: ITERATIONS, saltOctets: SALT_OCTETS, hash });
}

/** What is stored beside the verifier of a generated password, as JSON: keys for every SCRAM mechanism. */
export async function makeScramKeys(
  key: HouseKey,
  o: { readonly login: string; readonly password: string },
): Promise<string> {
  const hashes = Object.keys(MECHANISMS) as ScramHash[];
  return JSON.stringify(await Promise.all(hashes.map((hash) => keptKeys(key, { ...o, hash }))));
}

async function keptKeys(
  key: HouseKey,
  o: { readonly login: string; readonly password: string; readonly hash: ScramHash },
): Promise<KeptKeys> {
  const { login, password, hash } = o;
  const derived = await deriveScramKeys(password, fakeScramKeys(key, login, hash).salt, ITERATIONS, { hash });
  return {
    mechanism: MECHANISMS[hash],
    iterations: derived.iterations,
    salt: base64(derived.salt),
    storedKey: base64(derived.storedKey),
    serverKey: base64(derived.serverKey),
  };
}

/**
 * The keys for this hash. Undefined when the password was made before there were any for it, which shows as a wrong
 * password. Throws for what makeScramKeys did not write.
 */
export function readScramKeys(
  json: string,
  o: { readonly owner: ScramKeys["owner"]; readonly hash: ScramHash },
): ScramKeys | undefined {
  // Until there was a second mechanism the one set of keys stood here by itself.
  const every = [JSON.parse(json)].flat() as readonly (Partial<KeptKeys> | null)[];
  if (!every.every(isWhole)) throw new Error("the SCRAM keys of a login are damaged: give it a new password");
  const kept = every.find(({ mechanism }) => mechanism === MECHANISMS[o.hash]);
  if (kept === undefined) return undefined;
  return {
    iterations: kept.iterations,
    salt: Buffer.from(kept.salt, "base64"),
    storedKey: Buffer.from(kept.storedKey, "base64"),
    serverKey: Buffer.from(kept.serverKey, "base64"),
    owner: o.owner,
  };
}

function isWhole(kept: Partial<KeptKeys> | null): kept is KeptKeys {
  const { mechanism, iterations, salt, storedKey, serverKey } = kept ?? {};
  const isKnown = mechanism !== undefined && Object.values(MECHANISMS).includes(mechanism);
  return isKnown && [iterations, salt, storedKey, serverKey].every(Boolean);
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64");
}
