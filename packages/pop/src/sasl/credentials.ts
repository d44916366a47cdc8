// What PLAIN and LOGIN do with a name and a password once they have them.
import type { SaslContext, Verdict } from "./contract.ts";
import { REFUSED } from "./exchange.ts";
import type { Saslprep } from "./saslprep.ts";

/** The text is allowed and something is left of it (RFC 4616 §2). */
export function survivesPreparation(text: string, saslprep: Saslprep): boolean {
  const prepared = saslprep(text);
  return prepared !== undefined && prepared !== "";
}

/** Both names mean the same login. */
export function isSameName(one: string, other: string, saslprep: Saslprep): boolean {
  const prepared = saslprep(one);
  return prepared !== undefined && prepared !== "" && prepared === saslprep(other);
}

export interface Credentials {
  readonly login: string;
  readonly password: string;
}

/** Asks the authenticator, unless preparation fails: then nobody has this name or password (RFC 4616 §2). */
export async function check(credentials: Credentials, context: SaslContext, saslprep: Saslprep): Promise<Verdict> {
  const { login, password } = credentials;
  if (!survivesPreparation(login, saslprep) || !survivesPreparation(password, saslprep)) return REFUSED;
  return context.authenticator.checkPassword(login, password, context.peer);
}
