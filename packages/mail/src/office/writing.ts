// Sending, in a running post office: the outbox, who one writes as, and how a message leaves.
import { join } from "node:path";
import { PopError } from "@restante/pop/wire";
import { parseMailAddress, type Accounts } from "../accounts/index.ts";
import type { Config } from "../config/index.ts";
import { deliverStream, DeliveryError } from "../delivery/index.ts";
import type { Log } from "../observe/index.ts";
import {
  finishRemovals,
  openIdentities,
  Outbox,
  secretFiles,
  secretName,
  serverOf,
  sortSecrets,
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
  await sorted(house, { identities, secrets }).catch((error: unknown) =>
    log.error({ error }, "the password files of addresses cannot be put in order"),
  );
  const listeners = new Set<(entry: OutboxEntry) => void>();
  const spentListeners = new Set<Parameters<WritingDesk["listenSpent"]>[0]>();
  const outbox = await Outbox.open({
    store: house.store,
    hostName: config.hostName,
    route: (message) => routeOf({ house, identities, secrets, overQuota: config.overQuota }, message),
    serverFor: (message) => serverFor({ house, identities }, message),
    onChange: (entry) => {
      for (const listener of listeners) listener(entry);
    },
    onSpent: (spent) => {
      for (const listener of spentListeners) listener(spent);
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
    listenSpent(listener) {
      spentListeners.add(listener);
      return () => spentListeners.delete(listener);
    },
    stop: ({ withinMs }) => outbox.stop({ withinMs }),
  };
}

async function sorted(
  { store }: House,
  { identities, secrets }: { readonly identities: Identities; readonly secrets: SecretFiles },
): Promise<void> {
  const lists = await Promise.all(store.directory.accounts().map(({ account }) => identities.list(account)));
  await finishRemovals(secrets, lists.flat());
  await sortSecrets(secrets, lists.flat());
}

interface Leaving {
  readonly account: string;
  readonly identity: string;
  readonly to: readonly string[];
}

/** Among ourselves mail needs no server; anything else needs the sender's. */
async function routeOf(
  o: {
    readonly house: House;
    readonly identities: Identities;
    readonly secrets: SecretFiles;
    readonly overQuota: Config["overQuota"];
  },
  { account, identity, to }: Leaving,
): Promise<Route> {
  const { house, identities, secrets, overQuota } = o;
  if (staysHere(house, to)) return { kind: "local", deliver: deliverLocally(house, overQuota) };
  const found = await identities.find(account, identity);
  const server = found === undefined ? undefined : await serverOf(found, { secrets, token: tokenIn(secrets) });
  return server === undefined ? { kind: "none" } : { kind: "server", server };
}

/** The same server for whoever writes through it. */
async function serverFor(
  { house, identities }: { readonly house: House; readonly identities: Identities },
  { account, identity, to }: Leaving,
): Promise<string | undefined> {
  if (staysHere(house, to)) return undefined;
  const server = (await identities.find(account, identity))?.server;
  return server === undefined ? undefined : `${server.host.toLowerCase()}:${server.port}`;
}

function staysHere({ accounts }: House, to: readonly string[]): boolean {
  return to.every((address) => isOurs(accounts, address));
}

/** A token for XOAUTH2 stands where a password would; a program that renews it writes it there. */
function tokenIn(secrets: SecretFiles): (identity: Identity) => Promise<string> {
  return async ({ account, address }) => ((await secrets.read(secretName(account, address))) ?? "").trim();
}

function isOurs(accounts: Accounts, address: string): boolean {
  const parsed = parseMailAddress(address);
  return parsed !== undefined && accounts.recipient(parsed).kind === "account";
}

type Deliver = Extract<Route, { kind: "local" }>["deliver"];

function deliverLocally({ sorting, accounts }: House, overQuota: Config["overQuota"]): Deliver {
  return async ({ to, from, octets, deliveryId }) => {
    try {
      await deliverStream({
        store: sorting.store,
        accounts,
        recipient: to,
        sender: from === "" ? "<>" : from,
        body: [octets],
        deliveryId,
      });
      return undefined;
    } catch (error) {
      if (error instanceof DeliveryError) return { address: to, reply: error.message, isForGood: true };
      if (!(error instanceof PopError) || error.code !== "OVER_QUOTA") throw error;
      return { address: to, reply: "the mailbox is over its quota", isForGood: overQuota === "refuse" };
    }
  };
}
