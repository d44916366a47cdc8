import { useQuery } from "@tanstack/react-query";
import { labelsQuery } from "../data/organising-queries.ts";
import { mailboxesQuery } from "../data/queries.ts";
import { mailboxName } from "../list/row-name.ts";
import { useWords } from "../words/use-words.ts";
import type { Action } from "./rule-text.ts";

const ACTIONS = ["move", "label", "star", "mark-read", "archive", "junk", "delete"] as const;

export const NEW_ACTION: Action = { kind: "move", mailbox: "" };

interface ActionLineProps {
  readonly account: string;
  readonly action: Action;
  readonly onChange: (action: Action) => void;
}

export function ActionLine({ account, action, onChange }: ActionLineProps): React.JSX.Element {
  const words = useWords();
  const { say } = words;
  const { data: mailboxes } = useQuery(mailboxesQuery(account));
  const { data: labels } = useQuery(labelsQuery(account));
  const toKind = (kind: (typeof ACTIONS)[number]): void => {
    if (kind === "move") onChange({ kind, mailbox: "" });
    else if (kind === "label") onChange({ kind, label: "" });
    else onChange({ kind });
  };
  return (
    <>
      <label className="field">
        <span>{say("rule.action")}</span>
        <select
          value={action.kind}
          onChange={({ target }) => toKind(ACTIONS.find((kind) => kind === target.value) ?? "move")}
        >
          {ACTIONS.map((kind) => (
            <option key={kind} value={kind}>
              {say(`does.${kind}`)}
            </option>
          ))}
        </select>
      </label>
      {action.kind === "move" ? (
        <label className="field">
          <span>{say("rule.to")}</span>
          <select value={action.mailbox} onChange={({ target }) => onChange({ ...action, mailbox: target.value })}>
            <option value="">{say("rule.choose")}</option>
            {(mailboxes?.mailboxes ?? []).map((mailbox) => (
              <option key={mailbox.mailbox} value={mailbox.mailbox}>
                {mailboxName(words, mailbox)}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      {action.kind === "label" ? (
        <label className="field">
          <span>{say("does.label")}</span>
          <select value={action.label} onChange={({ target }) => onChange({ ...action, label: target.value })}>
            <option value="">{say("rule.choose")}</option>
            {(labels?.labels ?? []).map(({ label, name }) => (
              <option key={label} value={label}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : null}
    </>
  );
}
