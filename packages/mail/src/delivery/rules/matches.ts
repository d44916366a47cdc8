// Whether a message is like a rule says. Texts are compared as people read them: decoded, without case, blanks as one.
import type { MailAddress, MessageSummary } from "../../message/index.ts";
import { decodeField } from "../encoded-words.ts";
import { firstField } from "../header-fields.ts";
import type { Rule, RuleCondition } from "./rule.ts";

/** What rules look at. */
export interface RuleFacts {
  readonly summary: Pick<MessageSummary, "from" | "to" | "cc" | "subject" | "listId">;
  /** The octets of the header, as far as they are kept. */
  readonly head: Uint8Array;
  readonly octets: number;
  /** The address the message was delivered to, when that is known. */
  readonly deliveredTo: string | undefined;
}

export function matches({ match, conditions }: Rule, facts: RuleFacts): boolean {
  return match === "all"
    ? conditions.every((condition) => holds(condition, facts))
    : conditions.some((condition) => holds(condition, facts));
}

function holds(condition: RuleCondition, facts: RuleFacts): boolean {
  if (condition.field === "size")
    return condition.test === "larger" ? facts.octets > condition.octets : facts.octets < condition.octets;
  const wanted = fold(condition.value);
  // Nothing but blanks stands in every text: a slip, and not a wish for all mail.
  if (wanted === "") return false;
  return textsOf(condition, facts).some((text) => TESTS[condition.test](fold(text), wanted));
}

const TESTS = {
  contains: (text: string, wanted: string) => text.includes(wanted),
  is: (text: string, wanted: string) => text === wanted,
  begins: (text: string, wanted: string) => text.startsWith(wanted),
  ends: (text: string, wanted: string) => text.endsWith(wanted),
} as const;

function textsOf(condition: Exclude<RuleCondition, { field: "size" }>, facts: RuleFacts): readonly string[] {
  const { summary } = facts;
  switch (condition.field) {
    case "from":
      return summary.from.flatMap(writtenWays);
    case "recipient":
      return [
        ...[...summary.to, ...summary.cc].flatMap(writtenWays),
        ...(facts.deliveredTo === undefined ? [] : [facts.deliveredTo]),
      ];
    case "subject":
      return [summary.subject];
    case "list":
      return summary.listId === undefined ? [] : [summary.listId];
    case "header":
      return headerTexts(facts.head, condition.name);
  }
}

/** A person may mean the address, the name, or both as they are shown. */
function writtenWays({ name, address }: MailAddress): readonly string[] {
  return name === "" ? [address] : [address, name, `${name} <${address}>`];
}

function headerTexts(head: Uint8Array, name: string): readonly string[] {
  const value = firstField(head, name);
  return value === undefined ? [] : [decodeField(value)];
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();
}
