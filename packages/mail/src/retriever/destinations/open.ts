// The destinations of a source, opened for one run.
import { join } from "node:path";
import type { SourceConfig, SourceDestination } from "../../config/index.ts";
import type { Log } from "../../observe/index.ts";
import { FetchError } from "../fetch-error.ts";
import type { Destination } from "./contract.ts";
import { openExecDestination } from "./exec.ts";
import type { LocalStore } from "./local-store.ts";
import { openMaildirDestination } from "./maildir.ts";
import { openStoreDestination, reachStore } from "./store.ts";

export interface OpenDestinationsOptions {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly checkpoint: ((step: string) => void) | undefined;
  readonly log: Log;
  /** They are asked about copies, and nothing else: nothing is made or tidied. */
  readonly isLookedAt?: boolean;
  /** Asked for when a source has a store: destination. */
  readonly openStore: (() => Promise<LocalStore>) | undefined;
}

/** Throws FetchError. */
export async function openDestinations(
  source: SourceConfig,
  o: OpenDestinationsOptions,
): Promise<readonly Destination[]> {
  const opened: Destination[] = [];
  try {
    for (const destination of source.destinations) opened.push(await openOne(source, destination, o));
    return opened;
  } catch (error) {
    await closeAll(opened, o.log);
    throw error;
  }
}

/** Never rejects: what was kept is durable by now, and one that cannot close takes nothing from the others. */
export async function closeAll(destinations: readonly Destination[], log: Log): Promise<void> {
  const results = await Promise.allSettled(destinations.map((destination) => destination.close()));
  for (const [at, result] of results.entries())
    if (result.status === "rejected")
      log.error(
        { destination: destinations[at]?.to, error: result.reason as unknown },
        "a destination cannot be closed",
      );
}

async function openOne(source: SourceConfig, d: SourceDestination, o: OpenDestinationsOptions): Promise<Destination> {
  switch (d.kind) {
    case "store": {
      if (o.openStore === undefined)
        throw new FetchError("destination-config", `${d.to} needs a store, and there is none here`);
      return openStoreDestination({
        to: d.to,
        login: d.login,
        mailbox: d.mailbox,
        source: source.name,
        store: await reachStore(d.to, o.openStore),
      });
    }
    case "maildir":
      return openMaildirDestination({
        ...d,
        source: source.name,
        checkpoint: o.checkpoint,
        isLookedAt: o.isLookedAt === true,
      });
    case "exec":
      return openExecDestination({
        ...d,
        source: source.name,
        env: o.env,
        signal: o.signal,
        spool: join(o.dataDir, "fetch-spool"),
      });
  }
}
