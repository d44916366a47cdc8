import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState, useSyncExternalStore } from "react";
import type { Conversation, Message } from "../../api/schema/index.ts";
import type { ListQuestion } from "../data/list-question.ts";
import { conversationQuery, messageQuery } from "../data/queries.ts";
import { losesRead, type Stood, withKept } from "../list/kept-open.ts";
import { isOpenIn, type KeyedRow } from "../list/rows.ts";
import type { Opened } from "../place/place.ts";

interface KeptOpenOptions {
  readonly question: ListQuestion;
  /** Differs between any two lists. */
  readonly listKey: string;
  readonly open: Opened | null;
}

/** The rows of a list; of one that loses what becomes read, with what is open. */
export function useKeptOpen(
  rows: readonly KeyedRow[],
  { question, listKey, open }: KeptOpenOptions,
): readonly KeyedRow[] {
  const [last, setLast] = useState<(Stood & { readonly of: string }) | null>(null);
  const kept = open !== null && losesRead(question) ? open : null;
  const at = kept === null ? -1 : rows.findIndex(({ row }) => isOpenIn(kept, row));
  if (at >= 0 && last?.rows !== rows) setLast({ of: listKey, rows, at });
  const was = last?.rows[last.at];
  const hasLeft = kept !== null && at < 0 && last?.of === listKey && was !== undefined && isOpenIn(kept, was.row);
  const known = useKnown(hasLeft ? kept : null);
  const { list } = question;
  return useMemo(
    () => (hasLeft ? withKept(rows, last, { list, messages: messagesOf(known) }) : rows),
    // oxlint-disable-next-line react/exhaustive-deps
    [rows, hasLeft, last, listKey, known],
  );
}

/** What the cache has of what is open. It is asked for where it is shown. */
function useKnown(open: Opened | null): Conversation | Message | undefined {
  const client = useQueryClient();
  const isWatched = open !== null;
  const watch = useCallback(
    (changed: () => void) => (isWatched ? client.getQueryCache().subscribe(changed) : () => undefined),
    [client, isWatched],
  );
  const known = (): Conversation | Message | undefined => (open === null ? undefined : knownOf(client, open));
  return useSyncExternalStore(watch, known, known);
}

function knownOf(client: QueryClient, { account, kind, id }: Opened): Conversation | Message | undefined {
  return kind === "message"
    ? client.getQueryData(messageQuery(account, id).queryKey)
    : client.getQueryData(conversationQuery({ account, id }).queryKey);
}

function messagesOf(known: Conversation | Message | undefined) {
  return known === undefined || "cards" in known ? known?.cards : [known];
}
