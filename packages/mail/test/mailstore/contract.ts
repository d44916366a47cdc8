// The contract suite on SQLite, for one pop_delete policy: a file each, so that they run side by side.
import { maildropContract } from "@restante/pop/testing";
import type { PopDelete } from "../../src/mailstore/index.ts";
import { addAccount, temporaryStore } from "./temporary-store.ts";

export function sqliteContract(popDelete: PopDelete): void {
  maildropContract(`sqlite, pop_delete ${popDelete.kind}`, async (context) => {
    const temporary = await temporaryStore(context);
    return {
      store: temporary.store,
      account: await addAccount(temporary.store, "mrose", popDelete),
      otherAccount: await addAccount(temporary.store, "postel", popDelete),
      advanceClock: (ms) => void (temporary.monotonicMs += ms),
      removeBeside: (account, messageIds) => temporary.store.remove(account, messageIds),
      reopen: () => temporary.reopen(),
    };
  });
}
