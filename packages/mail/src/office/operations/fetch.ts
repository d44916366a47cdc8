// What the retriever asks of the store: to place a message it collected, and what became of those it did.
import { createHash } from "node:crypto";
import { z } from "zod";
import { findAccount, receive } from "../../delivery/index.ts";
import { taking, value, type OperationContext } from "./definition.ts";

const login = z.string().min(1).max(1_024);
const source = z.string().min(1).max(64);

export const fetchOperations = {
  /** The digest is taken here, of the octets as they arrive: only what arrived whole is placed. */
  "fetch.place": taking(
    z.strictObject({
      login,
      mailbox: z.string().min(1).max(255),
      source,
      uniqueId: z.string().max(2_048),
      again: z.boolean(),
      prefix: z.string().max(4_096),
    }),
    async (context, o, octets) => {
      const account = accountOf(context, o.login);
      const hash = createHash("sha256");
      const body = await receive({ store: context.store, body: hashed(octets, hash) });
      const fetched = { source: o.source, uniqueId: o.uniqueId, sha256: hash.digest("hex"), again: o.again };
      const prefix = o.prefix === "" ? {} : { prefix: Buffer.from(o.prefix, "latin1") };
      try {
        return await context.sorting.store.place(account, body, { fetched, mailbox: o.mailbox, ...prefix });
      } finally {
        await body.discard();
      }
    },
  ),
  "fetch.copies": value(z.strictObject({ login, source, after: z.int().min(0) }), (context, o) =>
    context.store.fetched(accountOf(context, o.login), { source: o.source, after: o.after, limit: 1_000 }),
  ),
};

/** By login (also one of an app password) or by address. */
function accountOf({ store, accounts }: OperationContext, text: string): string {
  return store.directory.login(text.normalize("NFC").toLowerCase())?.account ?? findAccount(accounts, text).account;
}

async function* hashed(
  octets: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of octets) {
    hash.update(chunk);
    yield chunk;
  }
}
