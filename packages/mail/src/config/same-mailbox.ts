// Sources that collect the same mailbox. People do that, so it is allowed; mostly it is a slip, and all mail comes twice.
import type { SourceConfig, SourceDestination } from "./sources.ts";
import { isLoopback, OWN_NAMES } from "./values.ts";

export interface SameMailbox {
  readonly sources: readonly [string, string];
  /** Both names, what comes of it, and what to do; one line. */
  readonly text: string;
}

type Read = Pick<
  SourceConfig,
  "destinations" | "enabled" | "host" | "name" | "port" | "remoteMailbox" | "server" | "user"
>;

/** Of the enabled ones, where that doubles mail or one takes it from the other. Two that only have a copy each are meant so. */
export function sameMailboxes(sources: readonly Read[]): readonly SameMailbox[] {
  const found: SameMailbox[] = [];
  const before = new Map<string, Read[]>();
  for (const source of sources.filter(({ enabled }) => enabled)) {
    const mailbox = mailboxOf(source);
    const others = before.get(mailbox) ?? [];
    before.set(mailbox, [...others, source]);
    for (const other of others) {
      const trouble = troubleOf(other, source);
      if (trouble === undefined) continue;
      const text = `${other.name} and ${source.name} both collect the mailbox of ${source.user} at ${source.host}${trouble}`;
      found.push({ sources: [other.name, source.name], text });
      break;
    }
  }
  return found;
}

function troubleOf(one: Read, other: Read): string | undefined {
  const shared = one.destinations.find((there) => other.destinations.some((here) => isSame(there, here)));
  if (shared !== undefined)
    return ` into ${shared.to}, where its mail comes twice; leave one of the two out, or write enabled = false in it`;
  return removes(one) || removes(other)
    ? `, and what one has removed there the other does not get; give one of them all the destinations, as tables [[source.${one.name}.deliver]], and leave the other out`
    : undefined;
}

function isSame(one: SourceDestination, other: SourceDestination): boolean {
  const areStores = one.kind === "store" && other.kind === "store";
  return one.to === other.to && (!areStores || one.mailbox === other.mailbox);
}

function removes({ server }: Read): boolean {
  return server.keep !== "forever" || server.deleteWhenDeletedLocally;
}

/** The ports of a host lead to the same mailboxes. On this machine tunnels begin, which lead elsewhere from any but the usual ones. */
export const USUAL_PORTS: ReadonlySet<number> = new Set([109, 110, 995]);

type Place = Pick<Read, "host" | "port" | "user"> & Partial<Pick<Read, "remoteMailbox">>;

/** One word for a mailbox, however its host is written and whichever of its ports is asked. */
export function mailboxOf({ host, port, user, remoteMailbox = "" }: Place): string {
  const written = host.toLowerCase().replace(/\.$/, "");
  const name = OWN_NAMES.has(written) ? "localhost" : written;
  const tunnel = isLoopback(written) && !USUAL_PORTS.has(port) ? port : "";
  return [name, tunnel, user, remoteMailbox].join("\0");
}
