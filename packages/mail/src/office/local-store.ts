// The store as the retriever uses it: over the control socket of a running post office, or on the store itself.
import type { LocalStore } from "../retriever/index.ts";
import { PLACING_MAX } from "./collected/place-rows.ts";
import type { Caller } from "./control/caller.ts";

/** The caller stays the giver's to close. */
export function localStoreOf(caller: Pick<Caller, "call" | "openPlacing">): LocalStore {
  return {
    // Group commit takes several messages at once.
    concurrency: PLACING_MAX,
    openPlacing: (into) => caller.openPlacing(into),
    fetched: (o) => caller.call("fetch.copies", o),
  };
}
