import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import type { RuleRow } from "../../api/schema/index.ts";
import { useUndo } from "../acts/use-acts.ts";
import { call } from "../data/call.ts";
import { labelsQuery } from "../data/organising-queries.ts";
import { KEYS, mailboxesQuery } from "../data/queries.ts";
import { mailboxName } from "../list/row-name.ts";
import { Button, IconButton } from "../parts/button.tsx";
import { useWords } from "../words/use-words.ts";
import { type Action, type Condition, isWhole } from "./rule-text.ts";
import { useChange } from "./use-change.ts";

const FIELDS = ["from", "recipient", "subject", "list", "header", "size"] as const;
const TESTS = ["contains", "is", "begins", "ends"] as const;
const SIZE_TESTS = ["larger", "smaller"] as const;
const ACTIONS = ["move", "label", "star", "mark-read", "archive", "junk", "delete"] as const;
const MEGABYTE = 1_000_000;
/** While a rule is typed it is not counted with every key. */
const COUNT_AFTER_MS = 500;

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
      {canSave ? <Existing account={account} rule={edited} /> : <p role="status">{say("rule.incomplete")}</p>}
      <div className="panel-acts">
        <Button kind="primary" isDisabled={!canSave || isSaving} onPress={() => onSave(edited)}>
          {say("organise.save")}
        </Button>
        <Button onPress={onClose}>{say("act.cancel")}</Button>
      </div>
    </form>
  );
}

export const NEW_CONDITION: Condition = { field: "from", test: "contains", value: "" };
export const NEW_ACTION: Action = { kind: "move", mailbox: "" };

/** What the rule would do to the mail that is in the inbox today; and doing it. */
function Existing({ account, rule }: { readonly account: string; readonly rule: RuleRow }): React.JSX.Element {
  const { say } = useWords();
  const undo = useUndo();
  const key = JSON.stringify(rule);
  const [settled, setSettled] = useState(key);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(key), COUNT_AFTER_MS);
    return () => clearTimeout(timer);
  }, [key]);
  const { data } = useQuery({
    queryKey: [...KEYS.rules, account, "matches", settled],
    queryFn: ({ signal }) => call("countMatches", { account, rule: JSON.parse(settled) as RuleRow }, signal),
    gcTime: 0,
  });
  const apply = useChange(
    () => call("applyRule", { account, rule, confirmed: true }),
    [KEYS.lists, KEYS.mailboxes, KEYS.conversations, KEYS.messages, KEYS.rules],
  );
  if (data === undefined || settled !== key) return <p role="status">{say("rule.counting")}</p>;
  const { matches: count, isComplete } = data;
  return (
    <p className="panel-acts" role="status">
      <span>{say("rule.matches", { count, isComplete: isComplete ? "yes" : "no" })}</span>
      {count === 0 ? null : (
        <Button
          isDisabled={apply.isPending}
          onPress={() =>
            apply.mutate(undefined, {
              onSuccess: (done) => undo.offer(say("rule.applied", { count: done.changed }), done),
            })
          }
        >
          {say("rule.apply")}
        </Button>
      )}
    </p>
  );
}

interface ConditionLineProps {
  readonly condition: Condition;
  readonly onChange: (condition: Condition) => void;
}

function ConditionLine({ condition, onChange }: ConditionLineProps): React.JSX.Element {
  const { say } = useWords();
  const toField = (field: (typeof FIELDS)[number]): void => {
    const value = condition.field === "size" ? "" : condition.value;
    const test = condition.field === "size" ? "contains" : condition.test;
    if (field === "size") onChange({ field, test: "larger", octets: 5 * MEGABYTE });
    else if (field === "header") onChange({ field, name: "", test, value });
    else onChange({ field, test, value });
  };
  return (
    <>
      <label className="field">
        <span>{say("rule.field")}</span>
        <select
          value={condition.field}
          onChange={({ target }) => toField(FIELDS.find((field) => field === target.value) ?? "from")}
        >
          {FIELDS.map((field) => (
            <option key={field} value={field}>
              {say(`field.${field}`)}
            </option>
          ))}
        </select>
      </label>
      {condition.field === "header" ? (
        <label className="field">
          <span>{say("rule.header-name")}</span>
          <input
            dir="ltr"
            value={condition.name}
            maxLength={76}
            onChange={({ target }) => onChange({ ...condition, name: target.value.trim() })}
          />
        </label>
      ) : null}
      {condition.field === "size" ? (
        <>
          <Choice
            word="rule.test"
            value={condition.test}
            options={SIZE_TESTS}
            onChange={(test) => onChange({ ...condition, test })}
          />
          <label className="field">
            <span>{say("rule.megabytes")}</span>
            <input
              type="number"
              min={0}
              step={0.1}
              value={condition.octets / MEGABYTE}
              onChange={({ target }) =>
                onChange({ ...condition, octets: Math.max(0, Math.round(target.valueAsNumber * MEGABYTE) || 0) })
              }
            />
          </label>
        </>
      ) : (
        <>
          <Choice
            word="rule.test"
            value={condition.test}
            options={TESTS}
            onChange={(test) => onChange({ ...condition, test })}
          />
          <label className="field">
            <span>{say("rule.value")}</span>
            <input
              dir="auto"
              value={condition.value}
              maxLength={1_000}
              onChange={({ target }) => onChange({ ...condition, value: target.value })}
            />
          </label>
        </>
      )}
    </>
  );
}

interface ChoiceProps<T extends string> {
  readonly word: "rule.test";
  readonly value: T;
  readonly options: readonly T[];
  readonly onChange: (value: T) => void;
}

function Choice<T extends (typeof TESTS)[number] | (typeof SIZE_TESTS)[number]>(props: ChoiceProps<T>) {
  const { word, value, options, onChange } = props;
  const { say } = useWords();
  return (
    <label className="field">
      <span>{say(word)}</span>
      <select
        value={value}
        onChange={({ target }) => onChange(options.find((option) => option === target.value) ?? value)}
      >
        {options.map((option) => (
          <option key={option} value={option}>
            {say(`test.${option}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

interface ActionLineProps {
  readonly account: string;
  readonly action: Action;
  readonly onChange: (action: Action) => void;
}

function ActionLine({ account, action, onChange }: ActionLineProps): React.JSX.Element {
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
