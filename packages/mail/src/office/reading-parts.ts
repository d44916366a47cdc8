// What reads mail for the reader: the index lists are answered from, and the reader of single messages.
import { availableParallelism } from "node:os";
import type { Config } from "../config/index.ts";
import { openReadingIndex, type ReadingIndex } from "../mailstore/index.ts";
import { openMailReader, type MailReader } from "../message/index.ts";
import type { Log } from "../observe/index.ts";
import type { Collecting } from "./collecting.ts";
import type { House } from "./open-house.ts";

export interface ReadingParts {
  readonly index: ReadingIndex;
  readonly mail: MailReader;
  /** The index first: it reads through the other. */
  close(): Promise<void>;
}

export interface ReadingPartsOptions {
  readonly house: House;
  readonly collecting: Pick<Collecting, "memory">;
  readonly current: { readonly config: Config };
  readonly log: Log;
}

/** One is free for whoever opens a message while others are indexed. */
const THREADS_MIN = 2;
const THREADS_MAX = 4;

export async function openReadingParts({
  house,
  collecting,
  current,
  log,
}: ReadingPartsOptions): Promise<ReadingParts> {
  const threads = Math.min(THREADS_MAX, Math.max(THREADS_MIN, availableParallelism()));
  const mail = openMailReader({ threads });
  const index = await openReadingIndex({
    store: house.store,
    reader: mail,
    onServer: (account) => Promise.resolve(onServer({ house, collecting, current, account })),
    onProblem: ({ what, cause }) => log.error({ what, error: cause }, "the index of mail reports trouble"),
  });
  return {
    index,
    mail,
    async close() {
      await index.close();
      await mail.close();
    },
  };
}

/** Message-ids of the account that are still on the server they came from, as far as is known. */
function onServer({
  house,
  collecting,
  current,
  account,
}: Omit<ReadingPartsOptions, "log"> & { readonly account: string }): readonly number[] {
  const { accounts } = house;
  return current.config.sources.flatMap(({ name, destinations }) => {
    const ours = new Set(
      destinations.flatMap((one) =>
        one.kind === "store" && accounts.accountOf(one.login) === account ? [one.to] : [],
      ),
    );
    if (ours.size === 0) return [];
    const left = collecting.memory()?.known(name) ?? [];
    return left
      .filter(({ removedAt, missing }) => removedAt === undefined && missing === 0)
      .flatMap(({ copies }) => copies.filter(({ destination }) => ours.has(destination)))
      .map(({ place }) => Number(place));
  });
}
