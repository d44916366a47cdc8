import { QueryClient } from "@tanstack/react-query";
import { Refusal } from "./refusal.ts";

const TRIES = 3;
const KEPT_MS = 10 * 60_000;

/** What the server said stays true until its events say otherwise, so nothing is asked again by itself. */
export function readerClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        gcTime: KEPT_MS,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // What was refused will be refused again; what failed on the way may come through.
        retry: (failures, error) =>
          failures < TRIES && !(error instanceof Refusal && error.status >= 400 && error.status < 500),
      },
    },
  });
}
