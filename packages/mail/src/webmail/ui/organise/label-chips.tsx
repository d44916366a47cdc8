import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { LabelRow } from "../../api/schema/index.ts";
import { labelsQuery } from "../data/organising-queries.ts";
import "./label-chips.css";

/**
 * Labels by their keywords; those that are no label of the account are left out. Most messages have none, and then nobody
 * asks what the account's labels are.
 */
export function useLabels(account: string, keywords: readonly string[]): readonly LabelRow[] {
  const { data } = useQuery({ ...labelsQuery(account), enabled: keywords.length > 0 });
  // The same as long as nothing changed: who is drawn with it is not drawn again.
  return useMemo(
    () => keywords.flatMap((keyword) => data?.labels.find(({ label }) => label === keyword) ?? []),
    [data, keywords],
  );
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
