// Where a source is, as one word: what was learnt of a server does not hold for another.
import { mailboxOf, OWN_NAMES, USUAL_PORTS, type SourceConfig } from "../config/index.ts";

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

/** How else the mailbox may be written: this machine by another of its names, the server by another usual port. */
export function otherPlacesOf<P extends Pick<SourceConfig, "host" | "port">>(place: P): readonly P[] {
  const hosts = [place.host, ...(OWN_NAMES.has(place.host.toLowerCase()) ? OWN_NAMES : [])];
  return hosts
    .flatMap((host) => [place.port, ...USUAL_PORTS].map((port) => ({ ...place, host, port })))
    .filter((other) => mailboxOf({ ...other, user: "" }) === mailboxOf({ ...place, user: "" }));
}

/**
 * Whether both are one mailbox, as they were written down: what was collected of one would come again of the other. What
 * was learnt of a server, of its certificate say, holds for its port alone.
 */
export function isSameMailbox(one: string, other: string): boolean {
  return mailboxOf(placeOf(one)) === mailboxOf(placeOf(other));
}

/** Whether both are one maildrop at one port of its server, as they were written down. */
function isSameEndpoint(one: string, other: string): boolean {
  return comparable(one) === comparable(other);
}

/** Whether what was written down is a maildrop of this server, whoever's. */
export function isSameServer(endpoint: string, { host, port }: Pick<SourceConfig, "host" | "port">): boolean {
  return isSameEndpoint(endpoint.slice(endpoint.lastIndexOf("@")), endpointOf({ user: "", host, port }));
}

function comparable(endpoint: string): string {
  const { user, host, port } = placeOf(endpoint);
  return OWN_NAMES.has(host.toLowerCase()) ? endpointOf({ user, host: "localhost", port }) : endpoint;
}

function placeOf(endpoint: string): Pick<SourceConfig, "host" | "port" | "user"> {
  const [, user = "", host = "", port] = /^([^]*)@([^@]*):(\d+)$/.exec(endpoint) ?? [];
  return { user, host, port: Number(port) };
}
