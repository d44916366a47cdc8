// The cache as an act will have changed it, before the server has answered.
import { hashKey, type InfiniteData, type QueryClient, type QueryKey } from "@tanstack/react-query";
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

/** What the cache held of each question. */
type Held = readonly (readonly [key: QueryKey, data: unknown])[];

interface Shown {
  readonly change: Change;
  /** What the cache held without it. */
  before: Held;
  isDone: boolean;
}

/** Acts that are shown, in the order they were begun; one that is done as long as one before it may have to be put back. */
let shown: readonly Shown[] = [];

/** Changes what is in the cache, and what comes into it until the server has done the act. */
export async function foresee(client: QueryClient, act: Act, on: ActedOn): Promise<Foreseen> {
  const change = changeOf(act, on);
  beginChange(change);
  // Of a list that is loaded on, the pages before would come back as they were. One that is loaded for the first time has
  // none, and nobody would ask for it again.
  await client.cancelQueries({ queryKey: KEYS.lists, predicate: ({ state }) => state.data !== undefined });
  const before = [KEYS.lists, KEYS.conversations, KEYS.messages].flatMap((queryKey) =>
    client.getQueriesData({ queryKey }),
  );
  const one: Shown = { change, before, isDone: false };
  shown = [...shown, one];
  for (const [key, data] of before) {
    const changed = changedData(change, key, data);
    if (changed !== data) rewrite(client, key, changed);
  }
  return {
    done() {
      endChange(change);
      one.isDone = true;
      const first = shown.findIndex(({ isDone }) => !isDone);
      shown = first < 0 ? [] : shown.slice(first);
    },
    forget() {
      dropChange(change);
      shown = shown.filter((other) => other !== one);
    },
    restore() {
      dropChange(change);
      for (const [key, data] of without(one)) client.setQueryData(key, data);
    },
  };
}

/** Takes one out of those that are shown, and gives what the cache would hold had there been the others alone. */
function without(one: Shown): Held {
  const at = shown.indexOf(one);
  const after = shown.slice(at + 1);
  shown = shown.filter((other) => other !== one);
  let held = one.before;
  for (const next of after) {
    const known = new Set(held.map(([key]) => hashKey(key)));
    next.before = [...held, ...next.before.filter(([key]) => !known.has(hashKey(key)))];
    held = next.before.map(([key, data]) => [key, changedData(next.change, key, data)]);
  }
  return held;
}

function changedData(change: Change, key: QueryKey, data: unknown): unknown {
  if (data === undefined) return data;
  if (key[0] === KEYS.conversations[0]) return change.conversation(data as Conversation);
  if (key[0] === KEYS.messages[0]) return change.message(data as Message);
  const { list } = key[1] as ListQuestion;
  const pages = data as InfiniteData<ListPage>;
  return { ...pages, pages: pages.pages.map((page) => change.page(page, list)) };
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
