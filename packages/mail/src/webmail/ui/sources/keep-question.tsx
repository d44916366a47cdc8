// What happens on the server after a message is stored here: asked in words, nothing chosen in secret.
import { useState } from "react";
import type { Keep } from "../../api/schema/index.ts";
import { Amount, Choices } from "../parts/entries.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";

const DAYS_MAX = 36_500;
const DAYS_AT_FIRST = 14;

interface KeepQuestionProps {
  readonly value: Keep;
  readonly onChange: (keep: Keep) => void;
}

export function KeepQuestion({ value, onChange }: KeepQuestionProps): React.JSX.Element {
  const { say } = useWords();
  /** What was typed, while another kind is chosen. */
  const [daysBefore, setDaysBefore] = useState(DAYS_AT_FIRST);
  const days = value.kind === "days" ? value.days : daysBefore;
  return (
    <Choices<Keep["kind"]>
      label={say("keep.question")}
      value={value.kind}
      onChange={(kind) => {
        setDaysBefore(days);
        onChange(kind === "days" ? { kind, days } : { kind });
      }}
      choices={[
        { value: "forever", label: say("keep.forever") },
        {
          value: "days",
          label: say("keep.days"),
          detail: (
            <Amount
              label={say("keep.days-count")}
              unit={say("keep.days-unit")}
              value={days}
              min={1}
              max={DAYS_MAX}
              onChange={(count) => onChange({ kind: "days", days: count })}
            />
          ),
        },
        { value: "until-deleted-here", label: say("keep.until-deleted-here") },
        { value: "remove-at-once", label: say("keep.remove-at-once"), more: say("keep.remove-at-once-more") },
      ]}
    />
  );
}

/** The second asking, before the only copy is here. */
export function OnlyCopyHere({
  source,
  onConfirm,
  onClose,
}: {
  /** By the name its person knows it by. */
  readonly source: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}): React.JSX.Element {
  const { say } = useWords();
  return (
    <Confirm title={say("keep.ask-title")} does={say("keep.ask-does")} onConfirm={onConfirm} onClose={onClose}>
      {say("keep.ask", { source })}
    </Confirm>
  );
}

/** The rule as a sentence. */
export function keepText({ say }: Words, keep: Keep): string {
  return keep.kind === "days" ? say("keep.now-days", { days: keep.days }) : say(`keep.now-${keep.kind}`);
}
