// Where a source is, as one word: what was learnt of a server does not hold for another.
import { OWN_NAMES, type SourceConfig } from "../config/index.ts";

export function endpointOf({ user, host, port }: Pick<SourceConfig, "host" | "port" | "user">): string {
  return `${user}@${host}:${port}`;
}

/** What is remembered of a source, of its set-up: it was logged in to where it is now. */
export function hasWorked(
  facts: { readonly endpoint: string; readonly hasWorked: boolean } | undefined,
  source: Pick<SourceConfig, "host" | "port" | "user">,
): boolean {
  return facts?.hasWorked === true && isSameEndpoint(facts.endpoint, endpointOf(source));
}

/** How else a server of this machine is written. */
export function otherNamesOfHost(host: string): readonly string[] {
  return OWN_NAMES.has(host.toLowerCase()) ? [...OWN_NAMES].filter((name) => name !== host.toLowerCase()) : [];
}

/** Whether both are one maildrop, as they were written down. */
export function isSameEndpoint(one: string, other: string): boolean {
  return comparable(one) === comparable(other);
}

/** Whether what was written down is a maildrop of this server, whoever's. */
export function isSameServer(endpoint: string, { host, port }: Pick<SourceConfig, "host" | "port">): boolean {
  return isSameEndpoint(endpoint.slice(endpoint.lastIndexOf("@")), endpointOf({ user: "", host, port }));
}

function comparable(endpoint: string): string {
  const [, user = "", host = "", port = ""] = /^([^]*)@([^@]*):(\d+)$/.exec(endpoint) ?? [];
  return OWN_NAMES.has(host.toLowerCase()) ? `${user}@localhost:${port}` : endpoint;
}
