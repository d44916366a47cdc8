// Collected mail straight into the store of this process.
import type { BodyWriter } from "../../mailstore/index.ts";
import { findAccount } from "../../delivery/index.ts";
import type { PlacedMessage, Placing, PlacingFacts, PlacingIntake, PlacingInto } from "../../retriever/index.ts";
import type { OperationContext } from "../operations/definition.ts";

type PlacingContext = Pick<OperationContext, "store" | "accounts" | "sorting">;

/** Throws DeliveryError when there is no such account. */
export function openLocalPlacing(context: PlacingContext, into: PlacingInto): Placing {
  const account = accountOf(context, into.login);
  return {
    begin: (facts) => new LocalIntake(context, { account, into, facts }),
    close: () => Promise.resolve(),
  };
}

/** By login (also one of an app password) or by address. */
export function accountOf({ store, accounts }: Pick<PlacingContext, "store" | "accounts">, text: string): string {
  return store.directory.login(text.normalize("NFC").toLowerCase())?.account ?? findAccount(accounts, text).account;
}

interface LocalMessage {
  readonly account: string;
  readonly into: PlacingInto;
  readonly facts: PlacingFacts;
}

class LocalIntake implements PlacingIntake {
  readonly #context: PlacingContext;
  readonly #of: LocalMessage;
  readonly #body: BodyWriter;

  constructor(context: PlacingContext, of: LocalMessage) {
    this.#context = context;
    this.#of = of;
    this.#body = context.store.newBody({ isDigested: true });
  }

  write(chunk: Uint8Array): void | Promise<void> {
    return this.#body.write(chunk);
  }

  async keep(sha256: string): Promise<PlacedMessage> {
    const { account, into, facts } = this.#of;
    const { uniqueId, again, prefix } = facts;
    const body = await this.#body.finish(sha256);
    try {
      return await this.#context.sorting.store.place(account, body, {
        fetched: { source: into.source, uniqueId, sha256, again },
        mailbox: into.mailbox,
        ...(prefix === "" ? {} : { prefix: Buffer.from(prefix, "latin1") }),
      });
    } finally {
      await body.discard();
    }
  }

  discard(): Promise<void> {
    return this.#body.discard();
  }
}
