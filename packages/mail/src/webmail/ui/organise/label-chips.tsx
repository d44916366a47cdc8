import { useLabelBook } from "../data/organising-queries.ts";
import "./label-chips.css";

interface LabelChipsProps {
  readonly account: string;
  /** Keywords; those that are no label of the account are not shown. */
  readonly labels: readonly string[];
}

export function LabelChips({ account, labels }: LabelChipsProps): React.JSX.Element | null {
  const book = useLabelBook();
  const shown = labels.flatMap((label) => book.get(`${account}/${label}`) ?? []);
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
