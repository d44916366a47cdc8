// The client's side of SCRAM (RFC 5802 §3), for tests that let a server check it. Every part can be replaced,
// so that a test can send what a client must not.
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

const OCTETS = { sha256: 32, sha1: 20 } as const;

export interface ScramClientOptions {
  /** As written in the message: =2C and =3D are the caller's business. */
  readonly username: string;
  readonly password: string;
  readonly nonce?: string;
  /** SHA-256 unless said otherwise. */
  readonly hash?: "sha256" | "sha1";
  /** gs2 header with both commas. Unbound unless given. */
  readonly gs2Header?: string;
  /** Octets of the channel binding. */
  readonly binding?: Uint8Array;
  /** Put after the nonce of the first and of the final message, each with its comma. */
  readonly extensions?: { readonly first?: string; readonly final?: string };
}

export interface ScramClientFinal {
  readonly message: string;
  /** What the server must answer to prove that it knows the keys. */
  readonly serverFinal: string;
}

export class ScramClient {
  readonly #options: ScramClientOptions;
  readonly #bare: string;
  /** client-first-message. */
  readonly first: string;

  constructor(options: ScramClientOptions) {
    this.#options = options;
    const nonce = options.nonce ?? randomBytes(18).toString("base64");
    this.#bare = `n=${options.username},r=${nonce}${options.extensions?.first ?? ""}`;
    this.first = (options.gs2Header ?? "n,,") + this.#bare;
  }

  /** client-final-message. `instead` replaces what the client would have sent. */
  final(serverFirst: string, instead: { readonly nonce?: string; readonly binding?: string } = {}): ScramClientFinal {
    const [, nonce = "", salt = "", iterations = ""] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(serverFirst) ?? [];
    const { password, hash = "sha256", gs2Header = "n,,", binding = new Uint8Array(0), extensions } = this.#options;
    const hmac = (key: Uint8Array, text: string): Buffer => createHmac(hash, key).update(text).digest();
    const bound = Buffer.concat([Buffer.from(gs2Header), binding]).toString("base64");
    const withoutProof = `c=${instead.binding ?? bound},r=${instead.nonce ?? nonce}${extensions?.final ?? ""}`;
    const authMessage = `${this.#bare},${serverFirst},${withoutProof}`;
    const salted = pbkdf2Sync(password, Buffer.from(salt, "base64"), Number(iterations), OCTETS[hash], hash);
    const clientKey = hmac(salted, "Client Key");
    const signature = hmac(createHash(hash).update(clientKey).digest(), authMessage);
    const proof = clientKey.map((octet, i) => octet ^ (signature[i] ?? 0));
    const serverSignature = hmac(hmac(salted, "Server Key"), authMessage);
    return {
      message: `${withoutProof},p=${Buffer.from(proof).toString("base64")}`,
      serverFinal: `v=${serverSignature.toString("base64")}`,
    };
  }
}
