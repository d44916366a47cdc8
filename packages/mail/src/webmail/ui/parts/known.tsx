import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ListFailed } from "./list-failed.tsx";

interface KnownProps<T> {
  readonly query: UseQueryResult<T>;
  readonly children: (known: T) => ReactNode;
}

/** What is changed on a page: until it is known nothing can be, and nothing is said to be none. */
export function Known<T>({ query, children }: KnownProps<T>): ReactNode {
  const { data, error, isFetching, refetch } = query;
  // A question that is asked again has no error meanwhile, and whoever asks keeps the button under the finger.
  const [failure, setFailure] = useState(error);
  if (error !== null && error !== failure) setFailure(error);
  if (data !== undefined) return children(data);
  if (failure === null) return null;
  return <ListFailed error={failure} isPending={isFetching} onRetry={() => void refetch()} />;
}
