import { useWords } from "../words/use-words.ts";
import type { Condition } from "./rule-text.ts";

const FIELDS = ["from", "recipient", "subject", "list", "header", "size"] as const;
const TESTS = ["contains", "is", "begins", "ends"] as const;
const SIZE_TESTS = ["larger", "smaller"] as const;
const MEGABYTE = 1_000_000;

export const NEW_CONDITION: Condition = { field: "from", test: "contains", value: "" };

interface ConditionLineProps {
  readonly condition: Condition;
  readonly onChange: (condition: Condition) => void;
}

export function ConditionLine({ condition, onChange }: ConditionLineProps): React.JSX.Element {
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
