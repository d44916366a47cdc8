// What is asked about writing: one account at a time, as the API has it; screens put accounts together.
import { keepPreviousData, queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import type { DraftRow, OutboxRow } from "../../api/schema/index.ts";
import { call } from "./call.ts";
import { KEYS, sessionQuery } from "./queries.ts";

export const identitiesQuery = (account: string) =>
  queryOptions({
    queryKey: [...KEYS.identities, account],
    queryFn: ({ signal }) => call("identities", { account }, signal),
  });

const draftsQuery = (account: string) =>
  queryOptions({
    queryKey: [...KEYS.drafts, account],
    queryFn: ({ signal }) => call("drafts", { account }, signal),
  });

const outboxQuery = (account: string) =>
  queryOptions({
    queryKey: [...KEYS.outbox, account],
    queryFn: ({ signal }) => call("outbox", { account }, signal),
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

interface Answers<T> {
  readonly rows: readonly T[];
  readonly isPending: boolean;
  readonly error: Error | null;
}

/** Drafts of all accounts, the newest first. */
export function useDrafts(): Answers<DraftRow> {
  const accounts = useQuery(sessionQuery).data?.accounts ?? [];
  return useQueries({
    queries: accounts.map(({ account }) => draftsQuery(account)),
    combine: (answers) => {
      const rows = answers.flatMap(({ data }) => data?.drafts ?? []).toSorted((a, b) => b.updatedAt - a.updatedAt);
      return together(answers, rows);
    },
  });
}

/** What is on its way out of all accounts, the newest first. */
export function useOutbox(): Answers<OutboxRow> {
  const accounts = useQuery(sessionQuery).data?.accounts ?? [];
  return useQueries({
    queries: accounts.map(({ account }) => outboxQuery(account)),
    combine: (answers) => {
      const rows = answers.flatMap(({ data }) => data?.entries ?? []).toSorted((a, b) => b.queuedAt - a.queuedAt);
      return together(answers, rows);
    },
  });
}

function together<T>(
  answers: readonly { readonly isPending: boolean; readonly error: Error | null }[],
  rows: readonly T[],
): Answers<T> {
  return {
    rows,
    isPending: answers.some(({ isPending }) => isPending),
    error: answers.find(({ error }) => error !== null)?.error ?? null,
  };
}
