// Into an account of ours. The row that says what was collected is written with the message, so nothing is stored twice.
import { createHash } from "node:crypto";
import type { FetchedCopy } from "../../mailstore/index.ts";
import type { Copy } from "../decide/known.ts";
import type { CopyState } from "../decide/decide.ts";
import { FetchError, type FetchErrorCode } from "../fetch-error.ts";
import type { Destination, IncomingFacts, Intake, Kept, WholeFacts } from "./contract.ts";
import type { LocalStore, Placing, PlacingIntake } from "./local-store.ts";
import { noRoom } from "./disk-trouble.ts";

const UNIQUE_ID_OCTETS_MAX = 1_000;

export interface StoreDestinationOptions {
  readonly to: string;
  readonly login: string;
  readonly mailbox: string;
  readonly source: string;
  readonly store: LocalStore;
}

/** By the code of what opens it. What is not here is nothing that another run mends. */
const UNOPENED: Readonly<Record<string, FetchErrorCode>> = {
  owned: "destination-later",
  "no-answer": "destination-later",
  STORE_UNAVAILABLE: "destination-later",
  "no-store": "destination-config",
};

/** The error of a store that cannot be opened says what to do; whose destination it is, is said here. */
export async function reachStore(to: string, open: () => Promise<LocalStore>): Promise<LocalStore> {
  try {
    return await open();
  } catch (cause) {
    const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
    throw new FetchError(UNOPENED[String(code)] ?? "destination", `${to} cannot be opened: ${String(message)}`, {
      cause,
    });
  }
}

/** Throws FetchError, also when there is no such account. */
export async function openStoreDestination(o: StoreDestinationOptions): Promise<Destination> {
  const { to, login, mailbox, source, store } = o;
  const placing = await refusing(to, () => store.openPlacing({ login, mailbox, source }));
  return {
    to,
    isIdempotent: true,
    concurrency: store.concurrency,
    begin: (facts) => refusing(to, () => Promise.resolve(new StoreIntake(to, placing, facts))),
    async states(copies) {
      const rows = await readFetched(o);
      return copies.map((copy) => stateOf(copy, rows.get(Number(copy.place))));
    },
    close: () => placing.close(),
  };
}

/** A store that was restored gives its ids again: under one of them other mail is no copy. */
function stateOf({ sha256 }: Copy, row: FetchedCopy | undefined): CopyState {
  if (row?.sha256 !== sha256) return "lost";
  if (row.removedAt === undefined) return "there";
  return row.isExpired ? "expired" : "removed";
}

async function readFetched({
  to,
  store,
  login,
  source,
}: StoreDestinationOptions): Promise<ReadonlyMap<number, FetchedCopy>> {
  const rows = new Map<number, FetchedCopy>();
  for (let after = 0; ;) {
    const page = await refusing(to, () => store.fetched({ login, source, after }));
    for (const row of page) rows.set(row.messageId, row);
    const last = page.at(-1);
    if (last === undefined) return rows;
    after = last.messageId;
  }
}

class StoreIntake implements Intake {
  readonly #to: string;
  readonly #intake: PlacingIntake;

  constructor(to: string, placing: Placing, { uniqueId, again, prefix, replaces }: IncomingFacts) {
    this.#to = to;
    this.#intake = placing.begin({
      uniqueId: shortUniqueId(uniqueId),
      again,
      prefix,
      ...(replaces === undefined ? {} : { replaces: { messageId: Number(replaces.place), sha256: replaces.sha256 } }),
    });
  }

  write(chunk: Uint8Array): void | Promise<void> {
    try {
      return this.#intake.write(chunk)?.catch((error: unknown) => refuse(this.#to, error));
    } catch (error) {
      refuse(this.#to, error);
    }
  }

  async keep({ sha256 }: WholeFacts): Promise<Kept> {
    const { messageId, added } = await refusing(this.#to, () => this.#intake.keep(sha256));
    return { added, place: String(messageId) };
  }

  discard(): Promise<void> {
    return this.#intake.discard();
  }
}

/** RFC 1939 §7 allows 70 octets; what is much longer is known by its digest. */
function shortUniqueId(uniqueId: string): string {
  return uniqueId.length <= UNIQUE_ID_OCTETS_MAX
    ? uniqueId
    : `\0sha256:${createHash("sha256").update(uniqueId, "latin1").digest("hex")}`;
}

const CODES: Readonly<Record<string, FetchErrorCode>> = {
  "no-such-account": "destination-config",
  NO_SUCH_ACCOUNT: "destination-config",
  "bad-input": "destination-config",
  "no-such-user": "destination-config",
  "not-our-domain": "destination-config",
  "bad-address": "destination-config",
  "message-too-big": "message-refused",
  STORE_UNAVAILABLE: "destination-later",
  STORE_BROKEN: "destination",
  "no-answer": "destination-later",
};

/** Said of all mail, so that the destination is named. */
const NOT_NOW: ReadonlySet<FetchErrorCode> = new Set(["destination", "destination-later"]);

async function refusing<T>(to: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    refuse(to, cause);
  }
}

function refuse(to: string, cause: unknown): never {
  if (cause instanceof FetchError) throw cause;
  const full = noRoom(to, cause);
  if (full !== undefined) throw full;
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  const ours = CODES[String(code)] ?? "destination";
  throw new FetchError(ours, NOT_NOW.has(ours) ? `${to} takes no mail now: ${String(message)}` : String(message), {
    cause,
  });
}
