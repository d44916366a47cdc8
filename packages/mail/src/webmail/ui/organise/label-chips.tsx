import { useQueries, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import type { LabelRow } from "../../api/schema/index.ts";
import { labelsQuery } from "../data/organising-queries.ts";
import "./label-chips.css";

const NO_LABELS: readonly LabelRow[] = [];

/**
 * Labels by their keywords; those that are no label of the account are left out. Most messages have none, and then nobody
 * asks what the account's labels are.
 */
export function useLabels(account: string, keywords: readonly string[]): readonly LabelRow[] {
  const { data } = useQuery({ ...labelsQuery(account), enabled: keywords.length > 0 });
  // The same as long as nothing changed: who is drawn with it is not drawn again.
  return useMemo(() => labelsNamed(keywords, data?.labels), [data, keywords]);
}

/** All labels of several accounts, by account, for a list: nothing has to be looked after row by row. */
export function useLabelsOf(accounts: readonly string[]): ReadonlyMap<string, readonly LabelRow[]> {
  const answers = useQueries({ queries: accounts.map(labelsQuery), combine: answersOf });
  return new Map(accounts.map((account, at) => [account, answers[at]?.labels ?? NO_LABELS]));
}

/** Those of `known` that `keywords` name, in the order of `keywords`. */
export function labelsNamed(keywords: readonly string[], known: readonly LabelRow[] = NO_LABELS): readonly LabelRow[] {
  return keywords.flatMap((keyword) => known.find(({ label }) => label === keyword) ?? []);
}

function answersOf<T>(results: readonly UseQueryResult<T>[]): readonly (T | undefined)[] {
  return results.map(({ data }) => data);
}

export function LabelChips({ labels }: { readonly labels: readonly LabelRow[] }): React.JSX.Element | null {
  if (labels.length === 0) return null;
  return (
    <span className="labels">
      {labels.map(({ label, name, colour }) => (
        <bdi key={label} className="label-chip" data-colour={colour}>
          {name}
        </bdi>
      ))}
    </span>
  );
}
