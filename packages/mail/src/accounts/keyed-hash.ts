// HMAC-SHA-256 over several parts, so that no two lists of parts give the same input: each part is led by its length.
import { createHmac, type KeyObject } from "node:crypto";

/** The MAC of `parts` under `key` (a KeyObject: with bare octets Node takes six times as long); `purpose` keeps the uses of one key apart. */
export function keyedHash(key: KeyObject, purpose: string, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const octets = [purpose, ...parts].map((part) => (typeof part === "string" ? Buffer.from(part) : part));
  const input = Buffer.allocUnsafe(octets.reduce((sum, part) => sum + 4 + part.length, 0));
  let at = 0;
  for (const part of octets) {
    at = input.writeUInt32BE(part.length, at);
    input.set(part, at);
    at += part.length;
  }
  return createHmac("sha256", key).update(input).digest();
}
