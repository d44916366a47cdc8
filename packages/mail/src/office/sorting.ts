// Sorting by rules, for whatever brings mail in. What reads headers is started with the first rule that needs it.
import { sortingStore, type PlacingStore } from "../delivery/index.ts";
import type { Mailstore } from "../mailstore/index.ts";
import { openMailReader, type MailReader } from "../message/index.ts";
import type { Log } from "../observe/index.ts";

export interface Sorting {
  readonly store: PlacingStore;
  close(): Promise<void>;
}

export function openSorting(store: Mailstore, log: Log): Sorting {
  let reader: MailReader | undefined;
  const reading = (): MailReader => (reader ??= openMailReader({ threads: 1 }));
  return {
    store: sortingStore({
      store,
      reader: { summarize: (octets) => reading().summarize(octets) },
      onProblem: ({ what, cause }) => log.error({ what, error: cause }, "sorting mail met trouble"),
    }),
    close: async () => reader?.close(),
  };
}
