// A rule as a sentence, and whether it is whole.
import type { LabelRow, RuleRow } from "../../api/schema/index.ts";
import { size } from "../words/dates.ts";
import type { Words } from "../words/words.ts";

export type Condition = RuleRow["conditions"][number];
export type Action = RuleRow["actions"][number];

export function ruleText(words: Words, rule: RuleRow, labels: readonly LabelRow[]): string {
  const list = new Intl.ListFormat(words.locale, { type: rule.match === "all" ? "conjunction" : "disjunction" });
  const actions = new Intl.ListFormat(words.locale, { type: "conjunction" });
  return words.say("rule.says", {
    conditions: list.format(rule.conditions.map((one) => conditionText(words, one))),
    actions: actions.format(rule.actions.map((one) => actionText(words, one, labels))),
  });
}

function conditionText(words: Words, condition: Condition): string {
  const { say } = words;
  const test = say(`test.${condition.test}`);
  if (condition.field === "size") return `${say("field.size")} ${test} ${size(words, condition.octets)}`;
  const field = condition.field === "header" ? condition.name : say(`field.${condition.field}`);
  return `${field} ${test} “${condition.value}”`;
}

function actionText({ say }: Words, action: Action, labels: readonly LabelRow[]): string {
  switch (action.kind) {
    case "move":
      return `${say("does.move")} ${action.mailbox}`;
    case "label":
      return `${say("does.label")} ${labels.find(({ label }) => label === action.label)?.name ?? action.label}`;
    default:
      return say(`does.${action.kind}`);
  }
}

export function isWhole({ conditions, actions }: RuleRow): boolean {
  return conditions.every(isWholeCondition) && actions.every(isWholeAction);
}

function isWholeCondition(condition: Condition): boolean {
  if (condition.field === "size") return condition.octets >= 0;
  const isNamed = condition.field !== "header" || /^[\x21-\x39\x3b-\x7e]{1,76}$/.test(condition.name);
  return isNamed && condition.value.trim() !== "";
}

function isWholeAction(action: Action): boolean {
  if (action.kind === "move") return action.mailbox !== "";
  return action.kind !== "label" || action.label !== "";
}
