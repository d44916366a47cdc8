// EXTERNAL (RFC 4422 appendix A): the client's certificate says who it is, the message only as whom it acts.
import type { SaslClientContext, SaslClientMechanism } from "./client-contract.ts";
import { clientExchange, nothingToCheck, type ClientStory } from "./client-exchange.ts";
import { checkedField } from "./client-text.ts";
import { NO_OCTETS } from "./exchange.ts";
import { encodeUtf8 } from "./text.ts";

export const EXTERNAL_CLIENT: SaslClientMechanism = {
  name: "EXTERNAL",
  needs: "nothing",
  plaintext: false,
  channelBinding: false,
  serverFirst: false,
  prefersTwoSteps: false,
  ignoresFirstChallenge: true,
  onRequestOnly: false,
  start: (context) => clientExchange(nothingToCheck(), () => tell(context)),
};

// oxlint-disable-next-line typescript/require-await -- a story is an asynchronous generator
async function* tell({ authzid }: SaslClientContext): ClientStory {
  yield authzid === undefined ? NO_OCTETS : encodeUtf8(checkedField("the authorization identity", authzid));
}
