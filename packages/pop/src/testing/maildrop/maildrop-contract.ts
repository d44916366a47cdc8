// The suite every store is held to. It knows nothing of how a store keeps mail.
import assert from "node:assert/strict";
import type { StoreCapabilities } from "../../maildrop/index.ts";
import { claimsOnDelivery } from "./claims-on-delivery.ts";
import { claimsOnMailboxes } from "./claims-on-mailboxes.ts";
import { claimsOnMessages } from "./claims-on-messages.ts";
import { claimsOnSessions } from "./claims-on-sessions.ts";
import { claimsOnSurrogates } from "./claims-on-surrogates.ts";
import { claimsOnUniqueIds } from "./claims-on-unique-ids.ts";
import { claimsOnUpdates } from "./claims-on-updates.ts";
import { claimsOf, type MaildropContractOptions, type MaildropSetup, type Need } from "./setting.ts";

type Promises = Required<Omit<StoreCapabilities, "durableDeliver">>;

const everything: Promises = {
  exclusiveLock: "lease",
  atomicCommit: true,
  stableSnapshot: true,
  mailboxes: true,
  surrogates: true,
};

/**
 * Declares the contract of a maildrop store as tests of node:test. `setup` runs before each of them and gives a store
 * with two empty maildrops; `name` ends every test's name.
 */
export function maildropContract(name: string, setup: MaildropSetup, options: MaildropContractOptions = {}): void {
  const promises: Promises = { ...everything, ...options.promises };
  const claim = claimsOf(name, setup, new Set<Need>([...(options.without ?? []), ...unpromised(promises)]));

  claim("the store promises what it is held to here", [], ({ store }) => {
    const { exclusiveLock, atomicCommit, stableSnapshot, mailboxes = false, surrogates = false } = store.capabilities;
    assert.deepEqual({ exclusiveLock, atomicCommit, stableSnapshot, mailboxes, surrogates }, promises);
  });
  claimsOnMessages(claim, options.seed ?? 20_260_101);
  claimsOnUniqueIds(claim);
  claimsOnSessions(claim);
  claimsOnUpdates(claim);
  claimsOnDelivery(claim);
  claimsOnMailboxes(claim);
  claimsOnSurrogates(claim);
}

function unpromised(promises: Promises): readonly Need[] {
  const needs: Need[] = [];
  if (promises.exclusiveLock === "none") needs.push("exclusive-lock");
  if (!promises.atomicCommit) needs.push("atomic-commit");
  if (!promises.stableSnapshot) needs.push("stable-snapshot");
  if (!promises.mailboxes) needs.push("mailboxes");
  if (!promises.surrogates) needs.push("surrogates");
  return needs;
}
