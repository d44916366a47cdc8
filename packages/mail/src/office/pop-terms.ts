// What [pop] of the configuration says, as the POP3 server wants to hear it.
import type { Pop3ServerOptions } from "@restante/pop/server";
import { LANGUAGES, type AccountTerms } from "@restante/pop/wire";
import type { PopSettings } from "../config/index.ts";

/** The same for every account. */
export function accountTerms({ loginDelayMs }: PopSettings): AccountTerms {
  return { expireDays: undefined, loginDelaySeconds: Math.ceil(loginDelayMs / 1_000) };
}

export function popOptions(pop: PopSettings): Partial<Pop3ServerOptions> {
  const terms = accountTerms(pop);
  const language = LANGUAGES.find(({ tag }) => tag === pop.language);
  return {
    internationalised: pop.internationalised,
    speaksLast: pop.last,
    apop: pop.apop,
    siteTerms: () => ({ ...terms, expireDiffers: false, loginDelayDiffers: false }),
    ...(language !== undefined && { language }),
  };
}
