import { X } from "lucide-react";
import { useState } from "react";
import type { RuleRow } from "../../api/schema/index.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";
import { ActionLine, NEW_ACTION } from "./action-line.tsx";
import { ConditionLine, NEW_CONDITION } from "./condition-line.tsx";
import { ExistingMail } from "./existing-mail.tsx";
import { isWhole } from "./rule-text.ts";

interface RuleEditorProps {
  readonly account: string;
  readonly rule: RuleRow;
  readonly isSaving: boolean;
  readonly onSave: (rule: RuleRow) => void;
  readonly onClose: () => void;
}

/** Conditions and actions, how much mail of today they match, and the button that applies them to it. */
export function RuleEditor({ account, rule, isSaving, onSave, onClose }: RuleEditorProps): React.JSX.Element {
  const { say } = useWords();
  const [edited, setEdited] = useState(rule);
  const change = (changed: Partial<RuleRow>): void => setEdited({ ...edited, ...changed });
  const { conditions, actions } = edited;
  const canSave = isWhole(edited);
  return (
    <form
      className="form panel"
      onSubmit={(event) => {
        event.preventDefault();
        if (canSave) onSave(edited);
      }}
    >
      <label className="field">
        <span>{say("rule.name")}</span>
        <input value={edited.name} maxLength={200} onChange={({ target }) => change({ name: target.value })} />
      </label>
      <fieldset className="rule-lines">
        <legend>{say("rule.when")}</legend>
        {conditions.length < 2 ? null : (
          <select
            aria-label={say("rule.when")}
            value={edited.match}
            onChange={({ target }) => change({ match: target.value === "any" ? "any" : "all" })}
          >
            <option value="all">{say("rule.match-all")}</option>
            <option value="any">{say("rule.match-any")}</option>
          </select>
        )}
        {conditions.map((condition, at) => (
          // Lines have no name but their place.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={at} className="form-line">
            <ConditionLine
              condition={condition}
              onChange={(next) => change({ conditions: conditions.with(at, next) })}
            />
            {conditions.length < 2 ? null : (
              <IconButton
                icon={X}
                label={say("rule.remove-line")}
                onPress={() => change({ conditions: conditions.toSpliced(at, 1) })}
              />
            )}
          </div>
        ))}
        <div>
          <Button kind="quiet" onPress={() => change({ conditions: [...conditions, NEW_CONDITION] })}>
            {say("rule.add-condition")}
          </Button>
        </div>
      </fieldset>
      <fieldset className="rule-lines">
        <legend>{say("rule.then")}</legend>
        {actions.map((action, at) => (
          // oxlint-disable-next-line react/no-array-index-key
          <div key={at} className="form-line">
            <ActionLine
              account={account}
              action={action}
              onChange={(next) => change({ actions: actions.with(at, next) })}
            />
            {actions.length < 2 ? null : (
              <IconButton
                icon={X}
                label={say("rule.remove-line")}
                onPress={() => change({ actions: actions.toSpliced(at, 1) })}
              />
            )}
          </div>
        ))}
        <div>
          <Button kind="quiet" onPress={() => change({ actions: [...actions, NEW_ACTION] })}>
            {say("rule.add-action")}
          </Button>
        </div>
      </fieldset>
      <label className="check">
        <input type="checkbox" checked={edited.stops} onChange={({ target }) => change({ stops: target.checked })} />
        {say("rule.stops")}
      </label>
      {canSave ? <ExistingMail account={account} rule={edited} /> : <p role="status">{say("rule.incomplete")}</p>}
      <div className="panel-acts">
        <Button kind="primary" isDisabled={!canSave || isSaving} onPress={() => onSave(edited)}>
          {say("organise.save")}
        </Button>
        <Button onPress={onClose}>{say("act.cancel")}</Button>
      </div>
    </form>
  );
}
