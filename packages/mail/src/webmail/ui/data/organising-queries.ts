// Labels and rules, one account at a time.
import { queryOptions, useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { AccountRow, LabelRow } from "../../api/schema/index.ts";
import { call } from "./call.ts";
import { KEYS, sessionQuery } from "./queries.ts";

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

const NO_ACCOUNTS: readonly AccountRow[] = [];

export type LabelBook = ReadonlyMap<string, LabelRow>;

/** Labels of all accounts, by "account/keyword". */
export function useLabelBook(): LabelBook {
  const { data: session } = useQuery(sessionQuery);
  const accounts = session?.accounts ?? NO_ACCOUNTS;
  const rows = useQueries({
    queries: accounts.map(({ account }) => labelsQuery(account)),
    combine: combined,
  });
  return useMemo(
    () =>
      new Map(
        accounts.flatMap(({ account }, at) =>
          (rows[at] ?? []).map((label) => [`${account}/${label.label}`, label] as const),
        ),
      ),
    [accounts, rows],
  );
}

function combined(answers: readonly { readonly data?: { readonly labels: LabelRow[] } | undefined }[]): LabelRow[][] {
  return answers.map(({ data }) => data?.labels ?? []);
}
