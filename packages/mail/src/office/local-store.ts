// The store as the retriever uses it: over the control socket of a running post office, or on the store itself.
import type { LocalStore } from "../retriever/index.ts";
import type { Caller } from "./control/caller.ts";

/** Group commit takes several messages at once; over the socket their order would be left to chance. */
const CONCURRENCY = { direct: 64, remote: 1 };

/** The caller stays the giver's to close. */
export function localStoreOf(caller: Pick<Caller, "remote" | "call" | "send">): LocalStore {
  return {
    concurrency: caller.remote ? CONCURRENCY.remote : CONCURRENCY.direct,
    place: (o, octets) => caller.send("fetch.place", o, octets),
    fetched: (o) => caller.call("fetch.copies", o),
  };
}
