// Passwords we make: so random that one keyed hash protects them as well as a slow one would (5 us instead of 60 ms).
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { HouseKey } from "./key-file.ts";
import { keyedHash } from "./keyed-hash.ts";

/** Base 32 without i, l, o and u, which people take for 1, 0 and v. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const GROUPS = 7;
const GROUP_LETTERS = 4;

const SCHEME = "hmac-sha256";
const SALT_OCTETS = 16;

/** A new password such as `7k2m-x0qd-...`: 28 random letters, 140 bits. The dashes are part of it. */
export function generatePassword(): string {
  const letters = Array.from(randomBytes(GROUPS * GROUP_LETTERS), (octet) => ALPHABET.charAt(octet & 31));
  return Array.from({ length: GROUPS }, (_, group) =>
    letters.slice(group * GROUP_LETTERS, (group + 1) * GROUP_LETTERS).join(""),
  ).join("-");
}

export function isGeneratedVerifier(verifier: string): boolean {
  return verifier.startsWith(`${SCHEME}$`);
}

/** What is stored of a generated password: `hmac-sha256$<key id>$<salt>$<mac>`. The MAC covers the login, so that it opens no other. */
export function generatedVerifier(key: HouseKey, o: { readonly login: string; readonly password: string }): string {
  const salt = randomBytes(SALT_OCTETS);
  return [SCHEME, key.id, salt.toString("base64url"), mac(key, { ...o, salt }).toString("base64url")].join("$");
}

/** Whether the password is the one the verifier was made of. Throws when that cannot be told: a damaged verifier, or another key. */
export function matchesGenerated(
  key: HouseKey,
  o: { readonly verifier: string; readonly login: string; readonly password: string },
): boolean {
  const [scheme, keyId, salt, expected, ...rest] = o.verifier.split("$");
  if (scheme !== SCHEME || salt === undefined || expected === undefined || rest.length > 0) {
    throw new Error(`the verifier of login ${o.login} is damaged: give the login a new password`);
  }
  if (keyId !== key.id) {
    throw new Error(
      `the password of login ${o.login} was made with another key file (${keyId}, here is ${key.id}): ` +
        "restore that key file, or give the login a new password",
    );
  }
  const actual = mac(key, { ...o, salt: Buffer.from(salt, "base64url") });
  const stored = Buffer.from(expected, "base64url");
  return stored.length === actual.length && timingSafeEqual(stored, actual);
}

function mac(
  key: HouseKey,
  o: { readonly login: string; readonly salt: Uint8Array; readonly password: string },
): Buffer {
  return keyedHash(key.secret, "generated password", o.login, o.salt, o.password);
}
