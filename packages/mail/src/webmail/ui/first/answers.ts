// Stands in for TanStack Query where the first screen is drawn before React is there: what was answered so far, and
// nothing that is asked.

interface Query {
  readonly queryKey: readonly unknown[];
}

interface Paged {
  readonly pages: readonly unknown[];
}

const known = new Map<string, unknown>();

export function know({ queryKey }: Query, data: unknown): void {
  known.set(JSON.stringify(queryKey), data);
}

export function useQuery({ queryKey }: Query) {
  const data = known.get(JSON.stringify(queryKey));
  return { data, error: null, isPending: data === undefined, isFetching: false, isPlaceholderData: false };
}

interface PagedQuery extends Query {
  readonly getNextPageParam: (last: unknown) => unknown;
}

export function useInfiniteQuery(query: PagedQuery) {
  const answer = useQuery(query);
  const last = (answer.data as Paged | undefined)?.pages.at(-1);
  const next = last === undefined ? null : query.getNextPageParam(last);
  return { ...answer, hasNextPage: next !== null && next !== undefined };
}

interface Several {
  readonly queries: readonly Query[];
  readonly combine: (answers: readonly unknown[]) => unknown;
}

export const useQueries = ({ queries, combine }: Several): unknown => combine(queries.map(useQuery));

/** Nothing is changed before React is there. */
export const useMutation = () => ({ isPending: false });
export const useQueryClient = () => ({ getMutationCache: () => undefined });

export const queryOptions = <T>(query: T): T => query;
export const infiniteQueryOptions = <T>(query: T): T => query;
export const keepPreviousData = undefined;
