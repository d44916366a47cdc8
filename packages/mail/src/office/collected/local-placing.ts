// Collected mail straight into the store of this process.
import type { BodyWriter } from "../../mailstore/index.ts";
import { findAccount } from "../../delivery/index.ts";
import type { PlacedMessage, Placing, PlacingFacts, PlacingIntake, PlacingInto } from "../../retriever/index.ts";
import type { OperationContext } from "../operations/definition.ts";

type PlacingContext = Pick<OperationContext, "store" | "accounts" | "sorting">;

/** Throws DeliveryError when there is no such account. */
export function openLocalPlacing(context: PlacingContext, into: PlacingInto): Placing {
  const account = accountOf(context, into.login);
  const turns = new Turns();
  return {
    begin: (facts) => new LocalIntake(context, { account, into, facts, turns }),
    close: () => Promise.resolve(),
  };
}

/** Throws DeliveryError, which says what `text` would have to be. */
export function accountOf({ accounts }: Pick<PlacingContext, "accounts">, text: string): string {
  return accounts.accountOf(text) ?? findAccount(accounts, text).account;
}

interface LocalMessage {
  readonly account: string;
  readonly into: PlacingInto;
  readonly facts: PlacingFacts;
  readonly turns: Turns;
}

/** Work that goes on at the same time and whose results are given in the order in which it was begun. */
class Turns {
  #last: Promise<void> = Promise.resolve();

  async take<T>(work: Promise<T>): Promise<T> {
    const before = this.#last;
    // Without their results: those of all that went before would stay in memory.
    this.#last = Promise.allSettled([before, work]).then(() => undefined);
    await before;
    return await work;
  }
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
    const { account, into, facts, turns } = this.#of;
    const { uniqueId, again, prefix, replaces } = facts;
    // A large one becomes a file, which takes longer: it is not to be overtaken by those behind it. Where rules of its
    // owner look at the messages, that takes as long as it takes, and the order is theirs.
    const body = await turns.take(this.#body.finish(sha256));
    try {
      return await this.#context.sorting.store.place(account, body, {
        fetched: { source: into.source, uniqueId, sha256, again, replaces },
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
