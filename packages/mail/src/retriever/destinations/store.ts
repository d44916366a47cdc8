// Into an account of ours. The row that says what was collected is written with the message, so nothing is stored twice.
import { createHash } from "node:crypto";
import type { FetchedCopy } from "../../mailstore/index.ts";
import type { CopyState } from "../decide/decide.ts";
import { FetchError, type FetchErrorCode } from "../fetch-error.ts";
import type { Destination, IncomingFacts, Intake } from "./contract.ts";
import { OctetPipe } from "./octet-pipe.ts";
import type { LocalStore } from "./local-store.ts";

const UNIQUE_ID_OCTETS_MAX = 1_000;

export interface StoreDestinationOptions {
  readonly to: string;
  readonly login: string;
  readonly mailbox: string;
  readonly source: string;
  readonly store: LocalStore;
}

export function openStoreDestination(o: StoreDestinationOptions): Destination {
  return {
    to: o.to,
    isIdempotent: true,
    concurrency: o.store.concurrency,
    begin: (facts) => Promise.resolve(new StoreIntake(o, facts)),
    async states(copies) {
      const rows = await readFetched(o);
      return copies.map((copy) => stateOf(rows.get(Number(copy.place))));
    },
    close: () => Promise.resolve(),
  };
}

function stateOf(row: FetchedCopy | undefined): CopyState {
  if (row === undefined) return "lost";
  return row.removedAt === undefined ? "there" : "removed";
}

async function readFetched({
  store,
  login,
  source,
}: StoreDestinationOptions): Promise<ReadonlyMap<number, FetchedCopy>> {
  const rows = new Map<number, FetchedCopy>();
  for (let after = 0; ;) {
    const page = await refusing(() => store.fetched({ login, source, after }));
    for (const row of page) rows.set(row.messageId, row);
    const last = page.at(-1);
    if (last === undefined) return rows;
    after = last.messageId;
  }
}

class StoreIntake implements Intake {
  readonly #pipe = new OctetPipe();
  readonly #placed: ReturnType<LocalStore["place"]>;

  constructor(o: StoreDestinationOptions, { uniqueId, again, prefix }: IncomingFacts) {
    const { login, mailbox, source, store } = o;
    const place = { login, mailbox, source, uniqueId: shortUniqueId(uniqueId), again, prefix };
    this.#placed = refusing(() => store.place(place, this.#pipe));
    // A refusal in the middle: whoever writes next learns of it.
    this.#placed.catch((error: Error) => this.#pipe.stop(error));
  }

  write(chunk: Uint8Array): void | Promise<void> {
    return this.#pipe.write(chunk);
  }

  async keep(): Promise<{ readonly added: boolean; readonly place: string }> {
    this.#pipe.end();
    const { messageId, added } = await this.#placed;
    return { added, place: String(messageId) };
  }

  async discard(): Promise<void> {
    this.#pipe.fail(new FetchError("stopped", "the message was cut short"));
    await this.#placed.catch(() => undefined);
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
  OVER_QUOTA: "destination-later",
  STORE_FULL: "destination",
  STORE_UNAVAILABLE: "destination-later",
  STORE_BROKEN: "destination",
  "no-answer": "destination-later",
};

async function refusing<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof FetchError) throw cause;
    const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
    throw new FetchError(CODES[String(code)] ?? "destination", String(message), { cause });
  }
}
