// The cache as an act will have changed it, before the server has answered.
import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";
import type { Act, Conversation, Message } from "../../api/schema/index.ts";
import type { ListQuestion } from "../data/list-question.ts";
import type { ListPage } from "../data/lists.ts";
import { KEYS } from "../data/queries.ts";
import { type ActedSet, actedSet, changedConversation, changedMessage, changedRow } from "./change.ts";
import type { ActedOn } from "./target.ts";

/** Gives what puts the cache back. */
export async function foresee(client: QueryClient, act: Act, on: ActedOn): Promise<() => void> {
  const set = actedSet(on);
  await client.cancelQueries({ queryKey: KEYS.lists });
  const before = [KEYS.lists, KEYS.conversations, KEYS.messages].flatMap((queryKey) =>
    client.getQueriesData({ queryKey }),
  );
  for (const [key, data] of client.getQueriesData<InfiniteData<ListPage>>({ queryKey: KEYS.lists })) {
    const { list } = key[1] as ListQuestion;
    if (data !== undefined)
      rewrite(client, key, { ...data, pages: data.pages.map((page) => changedPage(page, act, set, list)) });
  }
  for (const [key, data] of client.getQueriesData<Conversation>({ queryKey: KEYS.conversations })) {
    const changed = data && changedConversation(data, act, set);
    if (changed !== undefined && changed !== data) rewrite(client, key, changed);
  }
  for (const { account, messageId } of on.refs) {
    const key = [...KEYS.messages, account, messageId];
    const data = client.getQueryData<Message>(key);
    if (data !== undefined) rewrite(client, key, changedMessage(data, act));
  }
  return () => {
    for (const [key, data] of before) client.setQueryData(key, data);
  };
}

/** What is written counts as new: what an event has called outdated is to stay so, or nobody would ask for it again. */
function rewrite(client: QueryClient, queryKey: QueryKey, data: unknown): void {
  const isOutdated = client.getQueryState(queryKey)?.isInvalidated === true;
  client.setQueryData(queryKey, data);
  if (isOutdated) void client.invalidateQueries({ queryKey, exact: true, refetchType: "none" });
}

function changedPage(page: ListPage, act: Act, set: ActedSet, list: ListQuestion["list"]): ListPage {
  const rows = page.rows.flatMap((row) => changedRow(row, act, set, list) ?? []);
  const gone = page.rows.length - rows.length;
  return { ...page, rows, total: page.total === null ? null : Math.max(0, page.total - gone) };
}
