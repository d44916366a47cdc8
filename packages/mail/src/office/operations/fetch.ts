// What the retriever asks of the store: to place messages it collected, and what became of those it did.
import { z } from "zod";
import { accountOf } from "../collected/local-placing.ts";
import { placeRows } from "../collected/place-rows.ts";
import { takingRows, value } from "./definition.ts";

const login = z.string().min(1).max(1_024);
const source = z.string().min(1).max(64);

export const fetchOperations = {
  /** Messages in frames, as ../collected/placing-protocol.ts says; a row for each. */
  "fetch.place": takingRows(z.strictObject({ login, mailbox: z.string().min(1).max(255), source }), placeRows),
  /** Refuses a login that is none. */
  "fetch.account": value(z.strictObject({ login }), (context, o) => ({ account: accountOf(context, o.login) })),
  "fetch.copies": value(z.strictObject({ login, source, after: z.int().min(0) }), (context, o) =>
    context.store.fetched(accountOf(context, o.login), { source: o.source, after: o.after, limit: 1_000 }),
  ),
};
