// What is asked about writing.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "./call.ts";
import { KEYS } from "./queries.ts";

export const identitiesQuery = (account: string) =>
  queryOptions({
    queryKey: [...KEYS.identities, account],
    queryFn: ({ signal }) => call("identities", { account }, signal),
  });

/** Drafts of all accounts, the newest first. */
export const draftsQuery = queryOptions({
  queryKey: KEYS.drafts,
  queryFn: ({ signal }) => call("drafts", { account: "all" }, signal),
  select: ({ drafts }) => drafts.toSorted((a, b) => b.updatedAt - a.updatedAt),
});

/** What is on its way out of all accounts, the newest first. */
export const outboxQuery = queryOptions({
  queryKey: KEYS.outbox,
  queryFn: ({ signal }) => call("outbox", { account: "all" }, signal),
  select: ({ entries, unreadable }) => ({ rows: entries.toSorted((a, b) => b.queuedAt - a.queuedAt), unreadable }),
});

const FRESH_MS = 60_000;
const PREFIX_MAX = 100;

/** Addresses of mail that begin like `prefix`. */
export const completionsQuery = (account: string, prefix: string) =>
  queryOptions({
    queryKey: [...KEYS.addresses, account, prefix],
    queryFn: ({ signal }) => call("completeAddress", { account, prefix: prefix.slice(0, PREFIX_MAX) }, signal),
    enabled: prefix !== "",
    staleTime: FRESH_MS,
    placeholderData: keepPreviousData,
  });
