// What [pop] of the configuration and the accounts say, as the POP3 server wants to hear it.
import type { Pop3ServerOptions } from "@restante/pop/server";
import { LANGUAGES, type AccountTerms } from "@restante/pop/wire";
import type { Accounts } from "../accounts/index.ts";
import type { PopSettings } from "../config/index.ts";

/** The same for every account. */
export function accountTerms({ loginDelayMs }: PopSettings): Omit<AccountTerms, "expireDays"> {
  return { loginDelaySeconds: Math.ceil(loginDelayMs / 1_000) };
}

export function popOptions(pop: PopSettings, accounts: Pick<Accounts, "fewestExpireDays">): Partial<Pop3ServerOptions> {
  const terms = accountTerms(pop);
  const language = LANGUAGES.find(({ tag }) => tag === pop.language);
  return {
    internationalised: pop.internationalised,
    speaksLast: pop.last,
    apop: pop.apop,
    siteTerms() {
      // RFC 2449 §6.7: the days are an account's own, so before login the fewest are announced, with USER.
      const expireDays = accounts.fewestExpireDays();
      return { ...terms, expireDays, expireDiffers: expireDays !== undefined, loginDelayDiffers: false };
    },
    ...(language !== undefined && { language }),
  };
}
