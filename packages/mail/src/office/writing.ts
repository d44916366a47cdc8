// Sending, in a running post office: the outbox, who one writes as, and how a message leaves.
import { join } from "node:path";
import { parseMailAddress, type Accounts } from "../accounts/index.ts";
import type { Config } from "../config/index.ts";
import { deliverStream } from "../delivery/index.ts";
import type { Log } from "../observe/index.ts";
import {
  openIdentities,
  Outbox,
  secretFiles,
  secretName,
  serverOf,
  type Identities,
  type Identity,
  type OutboxEntry,
  type Route,
  type SecretFiles,
} from "../submission/index.ts";
import type { WritingDesk } from "../webmail/api/index.ts";
import { FILES } from "./data-files.ts";
import type { House } from "./open-house.ts";

export interface Writing extends WritingDesk {
  stop(o: { readonly withinMs: number }): Promise<void>;
}

export async function openWriting(o: {
  readonly house: House;
  readonly config: Config;
  readonly log: Log;
}): Promise<Writing> {
  const { house, config, log } = o;
  const identities = openIdentities(house.store.documents);
  const secrets = secretFiles(join(config.dataDir, FILES.secrets));
  const listeners = new Set<(entry: OutboxEntry) => void>();
  const outbox = await Outbox.open({
    store: house.store,
    hostName: config.hostName,
    route: (message) => routeOf(house, { identities, secrets }, message),
    onChange: (entry) => {
      for (const listener of listeners) listener(entry);
    },
    onProblem: ({ what, cause }) => log.error({ what, error: cause }, "sending met trouble"),
  });
  return {
    outbox,
    identities,
    secrets,
    draftFolder: join(config.dataDir, FILES.drafts),
    hostName: config.hostName,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: ({ withinMs }) => outbox.stop({ withinMs }),
  };
}

/** Among ourselves mail needs no server; anything else needs the sender's. */
async function routeOf(
  house: House,
  kept: { readonly identities: Identities; readonly secrets: SecretFiles },
  { account, identity, to }: { readonly account: string; readonly identity: string; readonly to: readonly string[] },
): Promise<Route> {
  if (to.every((address) => isOurs(house.accounts, address))) return { kind: "local", deliver: deliverLocally(house) };
  const found = await kept.identities.find(account, identity);
  const server = found === undefined ? undefined : await serverOf(found, { ...kept, token: tokenIn(kept.secrets) });
  return server === undefined ? { kind: "none" } : { kind: "server", server };
}

/** A token for XOAUTH2 stands where a password would; a program that renews it writes it there. */
function tokenIn(secrets: SecretFiles): (identity: Identity) => Promise<string> {
  return async ({ account, address }) => ((await secrets.read(secretName(account, address))) ?? "").trim();
}

function isOurs(accounts: Accounts, address: string): boolean {
  const parsed = parseMailAddress(address);
  return parsed !== undefined && accounts.recipient(parsed).kind === "account";
}

function deliverLocally({ sorting, accounts }: House): Extract<Route, { kind: "local" }>["deliver"] {
  return async ({ to, from, octets, deliveryId }) => {
    await deliverStream({
      store: sorting.store,
      accounts,
      recipient: to,
      sender: from === "" ? "<>" : from,
      body: [octets],
      deliveryId,
    });
  };
}
