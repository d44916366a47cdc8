// LOGIN: never standardised, still what several mail programs try first. Two prompts, two answers; a name that comes
// as the initial response answers the first prompt.
import type { SaslClientContext, SaslClientMechanism } from "./client-contract.ts";
import { clientExchange, nothingToCheck, type ClientStory } from "./client-exchange.ts";
import { checkedField } from "./client-text.ts";
import type { SaslContext, SaslServerMechanism } from "./contract.ts";
import { check } from "./credentials.ts";
import { exchangeOf, REFUSED, type ExchangeStory } from "./exchange.ts";
import type { Saslprep } from "./saslprep.ts";
import { decodeField, encodeUtf8 } from "./text.ts";

// Clients compare these with what they expect, colon included.
const USERNAME = encodeUtf8("Username:");
const PASSWORD = encodeUtf8("Password:");

export function login(o: { readonly saslprep: Saslprep }): SaslServerMechanism {
  return {
    name: "LOGIN",
    plaintext: true,
    channelBinding: false,
    serverFirst: false,
    start: (context) => exchangeOf((initial) => tell(initial, context, o.saslprep)),
  };
}

async function* tell(initial: Uint8Array | undefined, context: SaslContext, saslprep: Saslprep): ExchangeStory {
  const name = decodeField(initial ?? (yield USERNAME));
  // The second prompt comes even for a name nobody can have, so that one bad answer looks like another.
  const password = decodeField(yield PASSWORD);
  if (name === undefined || password === undefined) return REFUSED;
  return await check({ login: name, password }, context, saslprep);
}

export const LOGIN_CLIENT: SaslClientMechanism = {
  name: "LOGIN",
  needs: "password",
  plaintext: true,
  channelBinding: false,
  serverFirst: true,
  prefersTwoSteps: false,
  ignoresFirstChallenge: true,
  onRequestOnly: false,
  // Servers prompt in words of their own; the order is all that is the same everywhere.
  start: (context) => clientExchange(nothingToCheck(), () => answer(context)),
};

async function* answer(context: SaslClientContext): ClientStory {
  const user = checkedField("the name", context.user);
  const password = checkedField("the password", await context.password());
  yield encodeUtf8(user);
  yield encodeUtf8(password);
}
