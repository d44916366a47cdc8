import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ListFailed } from "./list-failed.tsx";

interface KnownProps<T> {
  readonly query: UseQueryResult<T>;
  readonly children: (known: T) => ReactNode;
}

/** What is changed on a page: until it is known nothing can be, and nothing is said to be none. */
export function Known<T>({ query, children }: KnownProps<T>): ReactNode {
  const { data, error, refetch } = query;
  if (data !== undefined) return children(data);
  return error === null ? null : <ListFailed error={error} onRetry={() => void refetch()} />;
}
