// APOP and CRAM-MD5 as a server checks them: both prove a secret that the server itself can read.
import { timingSafeEqual } from "node:crypto";
import type { Authenticator, PeerInfo, Verdict } from "./contract.ts";
import { REFUSED } from "./exchange.ts";

export interface DigestClaim {
  readonly login: string;
  /** As the client sent it. */
  readonly digest: string;
  /** What it must be, made of the secret. */
  expected(secret: string): string;
}

/** Never throws: an outage is `unavailable`. A login without a secret costs what one with another secret costs. */
export async function checkDigest(authenticator: Authenticator, peer: PeerInfo, claim: DigestClaim): Promise<Verdict> {
  // Nobody here has a secret that could be read.
  if (authenticator.sharedSecret === undefined) return REFUSED;
  try {
    const { secret, owner } = await authenticator.sharedSecret(claim.login, peer);
    const isRight = isEqual(claim.expected(secret), claim.digest);
    return isRight && owner !== undefined ? { kind: "accepted", ...owner } : REFUSED;
  } catch (cause) {
    return { kind: "unavailable", cause };
  }
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
