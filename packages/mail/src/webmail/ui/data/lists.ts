// Lists and searches are one kind of thing here: pages of rows, each asked for with the cursor of the one before.
import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import type { Page, RouteOutput } from "../../api/schema/index.ts";
import { call } from "./call.ts";
import { askForeseen } from "./foreseen.ts";
import { inputOf, type ListQuestion } from "./list-question.ts";
import { KEYS } from "./queries.ts";

export type Understood = Pick<RouteOutput<"search">, "terms" | "problems">;
/** A page of a list; of a search, also how the query was understood. */
export type ListPage = Page & Partial<Understood>;

/** The key that all searches begin with. */
export const SEARCHES = [...KEYS.lists, { list: { kind: "search" } }] as const;

export const listQuery = (question: ListQuestion) =>
  infiniteQueryOptions({
    queryKey: [...KEYS.lists, question],
    queryFn: ({ pageParam, signal }): Promise<ListPage> =>
      askForeseen(
        () => ask(question, pageParam, signal),
        (change, page) => change.page(page, question.list),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    // While a query is typed, the rows of the one before stay.
    placeholderData: (previous, query) =>
      question.list.kind === "search" && isSearch(query?.queryKey) ? keepPreviousData(previous) : undefined,
  });

function isSearch(key: readonly unknown[] | undefined): boolean {
  return (key?.[1] as ListQuestion | undefined)?.list.kind === "search";
}

function ask(question: ListQuestion, after: string | null, signal: AbortSignal): Promise<ListPage> {
  const asked = inputOf(question, after);
  return asked.name === "search" ? call("search", asked.input, signal) : call("list", asked.input, signal);
}
