import { useQuery } from "@tanstack/react-query";
import { labelsQuery } from "../data/organising-queries.ts";
import "./label-chips.css";

interface LabelChipsProps {
  readonly account: string;
  /** Keywords; those that are no label of the account are not shown. */
  readonly labels: readonly string[];
}

/** Most messages have none, and then nobody asks what the account's labels are. */
export function LabelChips(props: LabelChipsProps): React.JSX.Element | null {
  return props.labels.length === 0 ? null : <Chips {...props} />;
}

function Chips({ account, labels }: LabelChipsProps): React.JSX.Element | null {
  const { data } = useQuery(labelsQuery(account));
  const shown = labels.flatMap((keyword) => data?.labels.find(({ label }) => label === keyword) ?? []);
  if (shown.length === 0) return null;
  return (
    <span className="labels">
      {shown.map(({ label, name, colour }) => (
        <bdi key={label} className="label-chip" data-colour={colour}>
          {name}
        </bdi>
      ))}
    </span>
  );
}
