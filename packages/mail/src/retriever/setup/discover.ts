// Where the mail of an address may be collected: the table of providers, then the domain's own word, then guesses.
import { canonicalDomain } from "../../accounts/index.ts";
import { FetchError } from "../fetch-error.ts";
import type { Values } from "../said.ts";
import { PROVIDER_NOTES, providerOf, type ProviderNote } from "./providers.ts";
import { askDomain, type MailResolver, type Place } from "./srv.ts";

export interface Discovery {
  /** Best first. */
  readonly places: readonly Place[];
  /** Names to log in with, likeliest first (RFC 6186 §4: the address, then its local part). */
  readonly users: readonly string[];
  readonly by: "provider" | "srv" | "guess";
  /** Whose records named the hosts: a certificate for its mail counts too (RFC 7817 §3). */
  readonly mailDomain?: string;
  readonly note: ProviderNote | undefined;
  /**
   * Hosts outside the address's domain that the DNS led to, which anybody on the way could have written: a person has to
   * agree before a password goes there (RFC 6186 §6).
   */
  readonly foreignHosts: readonly string[];
}

/** Why an address cannot be collected from. */
export type Undiscovered = "bad-address" | "provider-no-pop3" | "provider-oauth-only" | "domain-no-pop3";

export class DiscoveryError extends FetchError {
  readonly reason: Undiscovered;
  constructor(reason: Undiscovered, message: string, values: Values) {
    super("config", message, { values });
    this.name = "DiscoveryError";
    this.reason = reason;
  }
}

const ADDRESS = /^([^\s@]+)@([^\s@]+)$/;

/** Somebody at a domain, in A-labels as the DNS has it: all that a server is found by. */
function partsOf(address: string): { readonly localPart: string; readonly domain: string } | undefined {
  const [, localPart = "", written = ""] = ADDRESS.exec(address) ?? [];
  const domain = canonicalDomain(written);
  return localPart === "" || domain === undefined ? undefined : { localPart, domain };
}

/** Why no server can be found by it. */
export function addressProblem(address: string): string | undefined {
  return partsOf(address) === undefined ? noAddress(address) : undefined;
}

function noAddress(text: string): string {
  return `${text} is no mail address; write name@example.org`;
}

/** Throws DiscoveryError for what is no address, and for providers that cannot be collected from. */
export async function discover(address: string, resolver: MailResolver): Promise<Discovery> {
  const parts = partsOf(address);
  if (parts === undefined) throw new DiscoveryError("bad-address", noAddress(address), { address });
  const { localPart, domain } = parts;
  const both = [address, localPart];
  const provider = providerOf(domain);
  if (provider !== undefined) {
    const { name, host, note, user } = provider;
    if (host === undefined) {
      const why = note === "oauth-only" ? note : "no-pop3";
      throw new DiscoveryError(`provider-${why}`, `${name} cannot be collected from: ${PROVIDER_NOTES[why]}`, { name });
    }
    const users = user === "local-part" ? [localPart] : [address];
    return { places: [{ host, port: 995, tls: "implicit" }], users, by: "provider", note, foreignHosts: [] };
  }
  const { places, isRefused } = await askDomain(domain, resolver);
  if (isRefused) throw new DiscoveryError("domain-no-pop3", `${domain} says that it has no POP3`, { domain });
  if (places.length > 0) {
    const foreignHosts = places.map(({ host }) => host).filter((host) => !isWithin(host, domain));
    return { places, users: both, by: "srv", mailDomain: domain, note: undefined, foreignHosts };
  }
  return { places: guesses(domain), users: both, by: "guess", note: undefined, foreignHosts: [] };
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

/** Names people give their servers; only one whose certificate is for that name counts. */
function guesses(domain: string): readonly Place[] {
  const hosts = [`pop.${domain}`, `pop3.${domain}`, `mail.${domain}`, domain];
  return [
    ...hosts.map((host): Place => ({ host, port: 995, tls: "implicit" })),
    ...hosts.map((host): Place => ({ host, port: 110, tls: "stls-required" })),
  ];
}
