// PLAIN (RFC 4616): authzid NUL authcid NUL password, in one response.
import type { SaslClientContext, SaslClientMechanism } from "./client-contract.ts";
import { clientExchange, nothingToCheck, type ClientStory } from "./client-exchange.ts";
import { checkedField, nulSeparated } from "./client-text.ts";
import type { SaslContext, SaslServerMechanism } from "./contract.ts";
import { check, isSameName, type Credentials } from "./credentials.ts";
import { exchangeOf, NO_OCTETS, REFUSED, type ExchangeStory } from "./exchange.ts";
import type { Saslprep } from "./saslprep.ts";
import { decodeField } from "./text.ts";

export function plain(o: { readonly saslprep: Saslprep }): SaslServerMechanism {
  return {
    name: "PLAIN",
    plaintext: true,
    channelBinding: false,
    serverFirst: false,
    start: (context) => exchangeOf((initial) => tell(initial, context, o.saslprep)),
  };
}

async function* tell(initial: Uint8Array | undefined, context: SaslContext, saslprep: Saslprep): ExchangeStory {
  const credentials = parse(initial ?? (yield NO_OCTETS), saslprep);
  return credentials === undefined ? REFUSED : await check(credentials, context, saslprep);
}

function parse(response: Uint8Array, saslprep: Saslprep): Credentials | undefined {
  const first = response.indexOf(0);
  const second = response.indexOf(0, first + 1);
  if (first === -1 || second === -1) return undefined;
  const login = decodeField(response.subarray(first + 1, second));
  const password = decodeField(response.subarray(second + 1)); // A third NUL makes it no field.
  if (login === undefined || password === undefined) return undefined;
  if (first === 0) return { login, password };
  // Nobody here acts for somebody else: an authorization identity is allowed only when it is the login itself.
  const authzid = decodeField(response.subarray(0, first));
  return authzid !== undefined && isSameName(authzid, login, saslprep) ? { login, password } : undefined;
}

export const PLAIN_CLIENT: SaslClientMechanism = {
  name: "PLAIN",
  needs: "password",
  plaintext: true,
  channelBinding: false,
  serverFirst: false,
  prefersTwoSteps: false,
  ignoresFirstChallenge: true,
  onRequestOnly: false,
  start: (context) => clientExchange(nothingToCheck(), () => ask(context)),
};

/** As given: it is the server that prepares names and passwords (RFC 4616 §2), and not every server does. */
async function* ask(context: SaslClientContext): ClientStory {
  const authzid = context.authzid === undefined ? "" : checkedField("the authorization identity", context.authzid);
  const user = checkedField("the name", context.user);
  yield nulSeparated(authzid, user, checkedField("the password", await context.password()));
}
