// Which domains are ours: localhost, the host name and those configured.
import { AccountError } from "./contract.ts";
import { canonicalDomain } from "./mail-address.ts";

/** The domains of this house, in canonical form; the first are the most local. */
export interface OurDomains {
  readonly list: readonly string[];
  /** The domain in canonical form if it is ours. */
  find(domain: string): string | undefined;
}

/** Throws AccountError `bad-address` for a configured domain that is no domain name. */
export function ourDomains(o: { readonly hostName: string; readonly domains: readonly string[] }): OurDomains {
  const configured = o.domains.map((domain) => {
    const canonical = canonicalDomain(domain);
    if (canonical !== undefined) return canonical;
    throw new AccountError(
      "bad-address",
      `${JSON.stringify(domain)} in the configuration key "domains" is not a domain name`,
    );
  });
  const hostName = canonicalDomain(o.hostName); // a machine may be called anything; then it is no mail domain
  const ours = new Set(["localhost", ...(hostName === undefined ? [] : [hostName]), ...configured]);
  return {
    list: [...ours],
    find(domain) {
      const canonical = canonicalDomain(domain);
      return canonical !== undefined && ours.has(canonical) ? canonical : undefined;
    },
  };
}
