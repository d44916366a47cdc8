// Secrets of APOP and CRAM-MD5: whoever checks them must read them, so they are encrypted under the key file, and a store
// without it shows none. Never a password anybody chose: always generated, always for this one use.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { HouseKey } from "./key-file.ts";
import { keyedHash } from "./keyed-hash.ts";

const SCHEME = "aes-256-gcm";
const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;

/** What is stored: `aes-256-gcm$<key id>$<nonce>$<ciphertext and tag>`, bound to the login, so that it opens no other. */
export function sealApopSecret(key: HouseKey, o: { readonly login: string; readonly secret: string }): string {
  const nonce = randomBytes(NONCE_OCTETS);
  const cipher = createCipheriv(SCHEME, cipherKey(key), nonce).setAAD(Buffer.from(o.login));
  const sealed = Buffer.concat([cipher.update(o.secret, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return [SCHEME, key.id, nonce.toString("base64url"), sealed.toString("base64url")].join("$");
}

/** Throws when it cannot be read: another key file, or damage. */
export function openApopSecret(key: HouseKey, o: { readonly login: string; readonly sealed: string }): string {
  const [scheme, keyId, nonce = "", sealed = "", ...rest] = o.sealed.split("$");
  const octets = Buffer.from(sealed, "base64url");
  if (scheme !== SCHEME || rest.length > 0 || octets.length <= TAG_OCTETS) throw damaged(o.login);
  if (keyId !== key.id) {
    throw new Error(
      `the APOP secret of login ${o.login} was made with another key file (${keyId}, here is ${key.id}): ` +
        "restore that key file, or give the login a new secret",
    );
  }
  const decipher = createDecipheriv(SCHEME, cipherKey(key), Buffer.from(nonce, "base64url"))
    .setAAD(Buffer.from(o.login))
    .setAuthTag(octets.subarray(-TAG_OCTETS));
  try {
    return Buffer.concat([decipher.update(octets.subarray(0, -TAG_OCTETS)), decipher.final()]).toString("utf8");
  } catch (cause) {
    throw damaged(o.login, cause);
  }
}

/** For a login that has none: the same at every attempt, and known to nobody. */
export function fakeApopSecret(key: HouseKey, login: string): string {
  return keyedHash(key.secret, "no APOP secret", login).toString("base64url");
}

function cipherKey(key: HouseKey): Buffer {
  return keyedHash(key.secret, "encryption of APOP secrets");
}

function damaged(login: string, cause?: unknown): Error {
  return new Error(`the APOP secret of login ${login} is damaged: give it a new one`, { cause });
}
