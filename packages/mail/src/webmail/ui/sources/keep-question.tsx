// What happens on the server after a message is stored here: asked in words, nothing chosen in secret.
import { useState } from "react";
import type { Keep } from "../../api/schema/index.ts";
import { Amount, Choices } from "../parts/entries.tsx";
import { Confirm } from "../parts/dialog.tsx";
import { span } from "../words/dates.ts";
import { useWords } from "../words/use-words.ts";
import type { Words } from "../words/words.ts";

const DAYS_MAX = 3_650;
const DAYS_AT_FIRST = 14;

interface KeepQuestionProps {
  readonly value: Keep;
  /** The one that holds: what only the configuration file says is not asked about, and stays. */
  readonly rule?: Keep;
  readonly onChange: (keep: Keep) => void;
}

export function KeepQuestion({ value, rule, onChange }: KeepQuestionProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  /** What was typed, while another kind is chosen. */
  const [daysBefore, setDaysBefore] = useState(DAYS_AT_FIRST);
  const days = value.kind === "days" ? value.days : daysBefore;
  const whenDeletedHere = rule !== undefined && isAlsoWhenDeleted(rule);
  const also = whenDeletedHere ? { more: say("keep.when-deleted-here") } : {};
  return (
    <Choices<Keep["kind"]>
      label={say("keep.question")}
      value={value.kind}
      onChange={(kind) => {
        setDaysBefore(days);
        if (kind === "days") onChange({ kind, days, whenDeletedHere });
        else if (kind !== "span") onChange({ kind });
        else if (rule !== undefined) onChange(rule);
      }}
      choices={[
        { value: "forever", label: say("keep.forever") },
        {
          value: "days",
          label: say("keep.days"),
          ...also,
          detail: (
            <Amount
              label={say("keep.days-count")}
              unit={say("keep.days-unit")}
              value={days}
              min={1}
              max={DAYS_MAX}
              onChange={(count) => onChange({ kind: "days", days: count, whenDeletedHere })}
            />
          ),
        },
        ...(rule?.kind === "span"
          ? [{ value: rule.kind, label: say("keep.span", { span: span(words, rule.ms) }), ...also }]
          : []),
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
export function keepText(words: Words, keep: Keep): string {
  const rule = ruleText(words, keep);
  return isAlsoWhenDeleted(keep) ? words.say("keep.now-also", { rule }) : rule;
}

function ruleText(words: Words, keep: Keep): string {
  const { say } = words;
  switch (keep.kind) {
    case "days":
      return say("keep.now-days", { days: keep.days });
    case "span":
      return say("keep.now-span", { span: span(words, keep.ms) });
    default:
      return say(`keep.now-${keep.kind}`);
  }
}

function isAlsoWhenDeleted(keep: Keep): boolean {
  return (keep.kind === "days" || keep.kind === "span") && keep.whenDeletedHere;
}
