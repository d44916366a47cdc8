// The contract suite on SQLite, for one pop_delete policy: a file each, so that they run side by side. The tests of a
// file share one store and have accounts of their own; opening a store anew for each would take most of the time.
import { after } from "node:test";
import { maildropContract } from "@restante/pop/testing";
import type { PopDelete } from "../../src/mailstore/index.ts";
import { addAccount, temporaryStore, type TemporaryStore } from "./temporary-store.ts";

export function sqliteContract(popDelete: PopDelete): void {
  let shared: Promise<TemporaryStore> | undefined;
  let accounts = 0;
  const undoing: (() => void | Promise<void>)[] = [];
  after(async () => {
    for (const undo of undoing) await undo();
  });
  maildropContract(`sqlite, pop_delete ${popDelete.kind}`, async () => {
    shared ??= temporaryStore({ after: (undo) => void undoing.push(undo) });
    const temporary = await shared;
    return {
      store: temporary.store,
      account: await addAccount(temporary.store, `account-${(accounts += 1)}`, popDelete),
      otherAccount: await addAccount(temporary.store, `account-${(accounts += 1)}`, popDelete),
      advanceClock: (ms) => void (temporary.monotonicMs += ms),
      removeBeside: (account, messageIds) => temporary.store.remove(account, messageIds),
      reopen: () => temporary.reopen(),
    };
  });
}
