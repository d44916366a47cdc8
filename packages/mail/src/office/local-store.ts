// The store as the retriever uses it: over the control socket of a running post office, or on the store itself.
import type { LocalStore } from "../retriever/index.ts";
import type { Caller } from "./control/caller.ts";

/** Two groups of the store's writer: one gathers while the other is committed. */
const KEPT_AT_ONCE = 128;

/** The caller stays the giver's to close. */
export function localStoreOf(caller: Pick<Caller, "call" | "openPlacing">): LocalStore {
  return {
    concurrency: KEPT_AT_ONCE,
    openPlacing: (into) => caller.openPlacing(into),
    fetched: (o) => caller.call("fetch.copies", o),
  };
}
