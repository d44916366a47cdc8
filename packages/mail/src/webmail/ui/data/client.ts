import { QueryCache, QueryClient } from "@tanstack/react-query";
import { KEYS } from "./queries.ts";
import { Refusal } from "./refusal.ts";

const TRIES = 3;
const KEPT_MS = 10 * 60_000;
/** The post office mostly is on this machine: it answers where there is no network. */
const ASKED_OFFLINE = { networkMode: "always" } as const;

/** What the server said stays true until its events say otherwise, so nothing is asked again by itself. */
export function readerClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // Whoever is refused for want of a session is told by the door, whatever they asked for.
      onError(error, { queryKey }) {
        if (error instanceof Refusal && error.isSignedOut && queryKey[0] !== KEYS.session[0])
          void client.invalidateQueries({ queryKey: KEYS.session });
      },
    }),
    defaultOptions: {
      mutations: ASKED_OFFLINE,
      queries: {
        ...ASKED_OFFLINE,
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
  return client;
}
