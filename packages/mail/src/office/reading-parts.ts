// What reads mail for the reader: the index lists are answered from, and the reader of single messages.
import { availableParallelism } from "node:os";
import type { Config } from "../config/index.ts";
import { ASKED_ROW, BESIDE, openReadingIndex, type OnServer, type ReadingIndex } from "../mailstore/index.ts";
import { openMailReader, type MailReader } from "../message/index.ts";
import type { Log } from "../observe/index.ts";
import { onServer, statePath } from "../retriever/index.ts";
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
    onServer: () => onServerNow({ house, collecting, current }),
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

/** Nothing is on a server before anything was collected. */
function onServerNow({ house, collecting, current }: Omit<ReadingPartsOptions, "log">): OnServer | undefined {
  if (collecting.memory() === undefined) return undefined;
  const { dataDir, sources } = current.config;
  const copies = sources.flatMap(({ name, destinations }) =>
    destinations.flatMap((one) => {
      const account = one.kind === "store" ? house.accounts.accountOf(one.login) : undefined;
      return account === undefined ? [] : [{ account: Number(account), source: name, destination: one.to }];
    }),
  );
  const asked = { memory: BESIDE, account: ASKED_ROW.account, place: ASKED_ROW.messageId };
  return { path: statePath(dataDir), condition: onServer(copies, asked) };
}
