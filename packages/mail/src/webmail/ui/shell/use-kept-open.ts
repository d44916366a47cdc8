import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState, useSyncExternalStore } from "react";
import type { Conversation, Message } from "../../api/schema/index.ts";
import { conversationQuery, messageQuery } from "../data/queries.ts";
import { Refusal } from "../data/refusal.ts";
import { type ListKept, losesRead, type Stood, withKept } from "../list/kept-open.ts";
import { isOpenIn, type KeyedRow } from "../list/rows.ts";
import type { Opened } from "../place/place.ts";

interface KeptOpenOptions extends ListKept {
  /** Differs between any two lists. */
  readonly listKey: string;
  readonly open: Opened | null;
}

/** The rows of a list; of one that loses what becomes read, with what is open. */
export function useKeptOpen(rows: readonly KeyedRow[], { listKey, open, ...of }: KeptOpenOptions): readonly KeyedRow[] {
  const [last, setLast] = useState<(Stood & { readonly of: string }) | null>(null);
  const kept = open !== null && losesRead(of) ? open : null;
  const at = kept === null ? -1 : rows.findIndex(({ row }) => isOpenIn(kept, row));
  if (at >= 0 && (last?.rows !== rows || last.at !== at || last.of !== listKey)) setLast({ of: listKey, rows, at });
  const was = last?.rows[last.at];
  const hasLeft = kept !== null && at < 0 && last?.of === listKey && was !== undefined && isOpenIn(kept, was.row);
  const known = useKnown(hasLeft ? kept : null);
  return useMemo(
    () => (hasLeft ? withKept(rows, last, { of, messages: messagesOf(known) }) : rows),
    // The list is new with every drawing; what it is, is in its key, and how its query was understood comes with its rows.
    // oxlint-disable-next-line react/exhaustive-deps
    [rows, hasLeft, last, listKey, known],
  );
}

type KnownOf = Conversation | Message | typeof GONE;

/** Deleted for good. */
const GONE = "gone";

/** What the cache has of what is open. It is asked for where it is shown. */
function useKnown(open: Opened | null): KnownOf | undefined {
  const client = useQueryClient();
  const isWatched = open !== null;
  const watch = useCallback(
    (changed: () => void) => (isWatched ? client.getQueryCache().subscribe(changed) : () => undefined),
    [client, isWatched],
  );
  const known = (): KnownOf | undefined => (open === null ? undefined : knownOf(client, open));
  return useSyncExternalStore(watch, known, known);
}

function knownOf(client: QueryClient, { account, kind, id }: Opened): KnownOf | undefined {
  const { queryKey } = kind === "message" ? messageQuery(account, id) : conversationQuery({ account, id });
  const state = client.getQueryState<Conversation | Message>(queryKey);
  // What else it was refused for may pass.
  const isGone = state?.error instanceof Refusal && state.error.code === "not-found";
  return isGone ? GONE : state?.data;
}

function messagesOf(known: KnownOf | undefined) {
  if (known === undefined) return undefined;
  if (known === GONE) return [];
  if (!("cards" in known)) return [known];
  return known.older === 0 ? known.cards : undefined;
}
