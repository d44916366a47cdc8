// Labels and rules, one account at a time.
import { queryOptions } from "@tanstack/react-query";
import { call } from "./call.ts";
import { KEYS } from "./queries.ts";

export const labelsQuery = (account: string) =>
  queryOptions({
    queryKey: [...KEYS.labels, account],
    queryFn: ({ signal }) => call("labels", { account }, signal),
  });

export const rulesQuery = (account: string) =>
  queryOptions({
    queryKey: [...KEYS.rules, account],
    queryFn: ({ signal }) => call("rules", { account }, signal),
  });
