// CRAM-MD5 (RFC 2195): for servers that have nothing better. Who overheard it can guess passwords at leisure.
import { createHmac } from "node:crypto";
import { SaslClientError, type SaslClientContext, type SaslClientMechanism } from "./client-contract.ts";
import { clientExchange, nothingToCheck, type ClientStory } from "./client-exchange.ts";
import { checkedField } from "./client-text.ts";
import { encodeUtf8 } from "./text.ts";

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
