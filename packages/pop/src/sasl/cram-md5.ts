// CRAM-MD5 (RFC 2195): for servers that have nothing better. Who overheard it can guess passwords at leisure.
import { createHmac } from "node:crypto";
import { makeTimestamp } from "./apop.ts";
import { SaslClientError, type SaslClientContext, type SaslClientMechanism } from "./client-contract.ts";
import { clientExchange, nothingToCheck, type ClientStory } from "./client-exchange.ts";
import { checkedField } from "./client-text.ts";
import type { SaslContext, SaslServerMechanism } from "./contract.ts";
import { survivesPreparation } from "./credentials.ts";
import { exchangeOf, REFUSED, type ExchangeStory } from "./exchange.ts";
import type { Saslprep } from "./saslprep.ts";
import { checkDigest } from "./shared-secret.ts";
import { decodeUtf8, encodeUtf8, fieldOctetsMax } from "./text.ts";

export interface CramMd5Options {
  readonly saslprep: Saslprep;
  /** In the challenge. */
  readonly hostName: string;
}

/** The server's side; only for an authenticator that has shared secrets. */
export function cramMd5(options: CramMd5Options): SaslServerMechanism {
  return {
    name: "CRAM-MD5",
    plaintext: false,
    channelBinding: false,
    serverFirst: true,
    start: (context) => exchangeOf(() => ask(context, options)),
  };
}

async function* ask({ authenticator, peer }: SaslContext, { saslprep, hostName }: CramMd5Options): ExchangeStory {
  const challenge = makeTimestamp(hostName);
  const response = decodeUtf8(yield encodeUtf8(challenge)) ?? "";
  // RFC 2195 §2: the digest stands behind the last space; a name may hold others.
  const [, login = "", digest = ""] = /^(.+) ([0-9a-f]{32})$/su.exec(response) ?? [];
  if (Buffer.byteLength(login) > fieldOctetsMax || !survivesPreparation(login, saslprep)) return REFUSED;
  return await checkDigest(authenticator, peer, {
    login,
    digest,
    expected: (secret) => createHmac("md5", secret).update(challenge).digest("hex"),
  });
}

export const CRAM_MD5_CLIENT: SaslClientMechanism = {
  name: "CRAM-MD5",
  needs: "password",
  plaintext: false,
  channelBinding: false,
  serverFirst: true,
  prefersTwoSteps: false,
  ignoresFirstChallenge: false,
  onRequestOnly: true,
  start: (context) => clientExchange(nothingToCheck(), (challenge) => tell(challenge, context)),
};

async function* tell(challenge: Uint8Array, context: SaslClientContext): ClientStory {
  // Signing nothing would give the same answer every time.
  if (challenge.length === 0) throw new SaslClientError("MALFORMED_CHALLENGE", "the challenge is empty");
  const user = checkedField("the name", context.user);
  const password = checkedField("the password", await context.password());
  yield encodeUtf8(`${user} ${createHmac("md5", password).update(challenge).digest("hex")}`);
}
