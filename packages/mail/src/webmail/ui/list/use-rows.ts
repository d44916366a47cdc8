import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import type { ListQuestion } from "../data/list-question.ts";
import { listQuery, type Understood } from "../data/lists.ts";
import { type KeyedRow, keyedRows } from "./rows.ts";

export interface ListAnswer {
  readonly rows: readonly KeyedRow[];
  readonly total: number | null;
  readonly understood: Partial<Understood>;
  readonly isPending: boolean;
  /** There are rows that have not been asked for. */
  readonly hasMore: boolean;
  /** The rows are those of the query before. */
  readonly isOutdated: boolean;
  /** Why there are no rows: none came, or of those that came none is left, and no more do. */
  readonly error: Error | null;
  readonly retry: () => void;
  /** Why there are no more rows than these; they are asked for again by whoever says so. */
  readonly restError: Error | null;
  /** They are being asked for again. */
  readonly isRestPending: boolean;
  readonly retryRest: () => void;
  readonly loadMore: () => void;
  /** Loads page by page up to `ROWS_CHOSEN_MAX` rows, until `signal` is aborted. */
  readonly loadAll: (signal: AbortSignal) => Promise<LoadedRows>;
}

export interface LoadedRows {
  readonly rows: readonly KeyedRow[];
  /** Why there are no more of them, when a page could not be loaded. */
  readonly error: Error | null;
}

/** So many rows are chosen at once, and named one by one to an act. */
export const ROWS_CHOSEN_MAX = 5_000;

/** The rows of a list so far. */
export function useRows(question: ListQuestion): ListAnswer {
  const query = useInfiniteQuery(listQuery(question));
  const { data, hasNextPage, isFetching, isFetchingNextPage, isFetchNextPageError, fetchNextPage, refetch } = query;
  // The question is new with every drawing; what it asks is in the key of `data`.
  // oxlint-disable-next-line react/exhaustive-deps
  const rows = useMemo(() => keyedRows(data?.pages ?? [], question), [data]);
  const loadMore = useCallback(() => {
    // Twice within one drawing it is still one page that is asked for.
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage({ cancelRefetch: false });
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  const isEmptied = rows.length === 0 && hasNextPage && !isFetching;
  useEffect(() => {
    // Nobody comes to the end of a list without rows.
    if (isEmptied && query.error === null) loadMore();
  }, [isEmptied, query.error, loadMore]);
  const loadAll = async (signal: AbortSignal): Promise<LoadedRows> => {
    let all = rows;
    let isMore = hasNextPage;
    let error: Error | null = null;
    while (isMore && all.length < ROWS_CHOSEN_MAX && error === null) {
      // Where the list is being asked for again, that is waited for, and what is next is asked for behind it.
      const loaded = await fetchNextPage({ cancelRefetch: false });
      // It is perhaps another list by now.
      if (signal.aborted) break;
      all = keyedRows(loaded.data?.pages ?? [], question);
      isMore = loaded.hasNextPage;
      error = loaded.error;
    }
    return { rows: all.slice(0, ROWS_CHOSEN_MAX), error };
  };
  const first = data?.pages[0];
  return {
    rows,
    total: hasNextPage ? (first?.total ?? null) : Math.max(rows.length, 0),
    understood: { terms: first?.terms ?? [], problems: first?.problems ?? [] },
    isPending: query.isPending,
    hasMore: hasNextPage,
    isOutdated: query.isPlaceholderData,
    error: data === undefined || isEmptied ? query.error : null,
    retry: () => void refetch(),
    restError: isFetchNextPageError ? query.error : null,
    isRestPending: isFetchNextPageError && isFetchingNextPage,
    retryRest: () => void fetchNextPage({ cancelRefetch: false }),
    loadMore,
    loadAll,
  };
}
