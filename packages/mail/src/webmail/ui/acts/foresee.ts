// The cache as an act will have changed it, before the server has answered.
import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";
import type { Act, Conversation, Message, Page } from "../../api/schema/index.ts";
import { beginChange, type Change, dropChange, endChange } from "../data/foreseen.ts";
import type { ListQuestion } from "../data/list-question.ts";
import type { ListPage } from "../data/lists.ts";
import { KEYS } from "../data/queries.ts";
import type { ListOf } from "../place/place.ts";
import { type ActedSet, actedSet, changedConversation, changedMessage, changedRow, holds } from "./change.ts";
import type { ActedOn } from "./target.ts";

export interface Foreseen {
  /** The server has done it. */
  readonly done: () => void;
  /** It is to be undone; what the cache holds is asked for again then. */
  readonly forget: () => void;
  /** It was not done: puts the cache back. */
  readonly restore: () => void;
}

/** Changes what is in the cache, and what comes into it until the server has done the act. */
export async function foresee(client: QueryClient, act: Act, on: ActedOn): Promise<Foreseen> {
  const change = changeOf(act, on);
  beginChange(change);
  // Of a list that is loaded on, the pages before would come back as they were.
  await client.cancelQueries({ queryKey: KEYS.lists });
  const before = [KEYS.lists, KEYS.conversations, KEYS.messages].flatMap((queryKey) =>
    client.getQueriesData({ queryKey }),
  );
  for (const [key, data] of client.getQueriesData<InfiniteData<ListPage>>({ queryKey: KEYS.lists })) {
    const { list } = key[1] as ListQuestion;
    if (data !== undefined) rewrite(client, key, { ...data, pages: data.pages.map((page) => change.page(page, list)) });
  }
  for (const [key, data] of client.getQueriesData<Conversation>({ queryKey: KEYS.conversations })) {
    const changed = data && change.conversation(data);
    if (changed !== undefined && changed !== data) rewrite(client, key, changed);
  }
  for (const { account, messageId } of on.refs) {
    const key = [...KEYS.messages, account, messageId];
    const data = client.getQueryData<Message>(key);
    if (data !== undefined) rewrite(client, key, change.message(data));
  }
  return {
    done: () => endChange(change),
    forget: () => dropChange(change),
    restore() {
      dropChange(change);
      for (const [key, data] of before) client.setQueryData(key, data);
    },
  };
}

function changeOf(act: Act, on: ActedOn): Change {
  const set = actedSet(on);
  return {
    page: (page, list) => changedPage(page, act, set, list),
    conversation: (conversation) => changedConversation(conversation, act, set),
    message: (message) => (holds(set, message.account, message.messageId) ? changedMessage(message, act) : message),
  };
}

/** What is written counts as new: what an event has called outdated is to stay so, or nobody would ask for it again. */
function rewrite(client: QueryClient, queryKey: QueryKey, data: unknown): void {
  const isOutdated = client.getQueryState(queryKey)?.isInvalidated === true;
  client.setQueryData(queryKey, data);
  if (isOutdated) void client.invalidateQueries({ queryKey, exact: true, refetchType: "none" });
}

function changedPage<T extends Page>(page: T, act: Act, set: ActedSet, list: ListOf): T {
  const rows = page.rows.flatMap((row) => changedRow(row, act, set, list) ?? []);
  const gone = page.rows.length - rows.length;
  return { ...page, rows, total: page.total === null ? null : Math.max(0, page.total - gone) };
}
