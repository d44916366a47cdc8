// SCRAM keys of generated passwords, and made-up ones for every other name: nobody learns from a salt who exists.
import { deriveScramKeys, madeUpScramKeys, type ScramKeys } from "@restante/pop/sasl";
import type { HouseKey } from "./key-file.ts";

/** RFC 7677 §4. Passwords of 140 random bits need no more. */
const ITERATIONS = 4_096;
const SALT_OCTETS = 16;

interface KeptKeys {
  readonly mechanism: "SCRAM-SHA-256";
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
export function fakeScramKeys(key: HouseKey, login: string): ScramKeys {
  return madeUpScramKeys({ login, secret: key.secret.export(), iterations: ITERATIONS, saltOctets: SALT_OCTETS });
}

/** What is stored beside the verifier of a generated password, as JSON. */
export async function makeScramKeys(
  key: HouseKey,
  o: { readonly login: string; readonly password: string },
): Promise<string> {
  const derived = await deriveScramKeys(o.password, fakeScramKeys(key, o.login).salt, ITERATIONS);
  const kept: KeptKeys = {
    mechanism: "SCRAM-SHA-256",
    iterations: derived.iterations,
    salt: base64(derived.salt),
    storedKey: base64(derived.storedKey),
    serverKey: base64(derived.serverKey),
  };
  return JSON.stringify(kept);
}

/** Throws for what makeScramKeys did not write. */
export function readScramKeys(json: string, owner: ScramKeys["owner"]): ScramKeys {
  const kept = JSON.parse(json) as Partial<KeptKeys>;
  const { iterations, salt, storedKey, serverKey } = kept;
  if (kept.mechanism !== "SCRAM-SHA-256" || !iterations || !salt || !storedKey || !serverKey) {
    throw new Error("the SCRAM keys of a login are damaged: give it a new password");
  }
  return {
    iterations,
    salt: Buffer.from(salt, "base64"),
    storedKey: Buffer.from(storedKey, "base64"),
    serverKey: Buffer.from(serverKey, "base64"),
    owner,
  };
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64");
}
