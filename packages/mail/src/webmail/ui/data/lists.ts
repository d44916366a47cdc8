// Lists and searches are one kind of thing here: pages of rows, each asked for with the cursor of the one before.
import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import type { Page, ReaderSettings, RouteOutput } from "../../api/schema/index.ts";
import type { ListOf, MailPlace, Scope } from "../place/place.ts";
import { call } from "./call.ts";
import { KEYS } from "./queries.ts";

export type Understood = Pick<RouteOutput<"search">, "terms" | "problems">;
/** A page of a list; of a search, also how the query was understood. */
export type ListPage = Page & Partial<Understood>;

export interface ListQuestion {
  readonly scope: Scope;
  readonly list: ListOf;
  readonly view: "conversations" | "messages";
  readonly isUnreadOnly: boolean;
}

const ROWS = 100;

/** What the list of a place asks for. */
export function questionOf(
  { scope, list }: MailPlace,
  { conversations }: ReaderSettings,
  o: { readonly isUnreadOnly: boolean } = { isUnreadOnly: false },
): ListQuestion {
  const isSearched = list.kind === "search";
  return {
    scope,
    list,
    view: conversations && !isSearched ? "conversations" : "messages",
    isUnreadOnly: o.isUnreadOnly && !isSearched,
  };
}

export const listQuery = (question: ListQuestion) =>
  infiniteQueryOptions({
    queryKey: [...KEYS.lists, question],
    queryFn: ({ pageParam, signal }): Promise<ListPage> => ask(question, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    // While a query is typed, the rows of the one before stay.
    placeholderData: (previous, query) =>
      question.list.kind === "search" && isSearch(query?.queryKey) ? keepPreviousData(previous) : undefined,
  });

function isSearch(key: readonly unknown[] | undefined): boolean {
  return (key?.[1] as ListQuestion | undefined)?.list.kind === "search";
}

function ask(
  { scope, list, view, isUnreadOnly }: ListQuestion,
  after: string | null,
  signal: AbortSignal,
): Promise<ListPage> {
  const common = { account: scope, limit: ROWS, ...(after === null ? {} : { after }) };
  if (list.kind === "search") return call("search", { ...common, q: list.q, order: list.order }, signal);
  return call("list", { ...common, view, ...(isUnreadOnly ? { unread: "1" as const } : {}), ...which(list) }, signal);
}

function which(list: Exclude<ListOf, { kind: "search" }>) {
  switch (list.kind) {
    case "role":
      return { role: list.role };
    case "mailbox":
      return { mailbox: list.mailbox };
    case "source":
      return { source: list.source };
    case "starred":
      return { starred: "1" as const };
    case "all":
      return {};
  }
}
