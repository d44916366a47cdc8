// What an account's rules make of one message: where it goes and what it is marked with.
import { matches, type RuleFacts } from "./matches.ts";
import type { Rule, RuleAction } from "./rule.ts";

/** What actions come to. */
export interface Sorting {
  /** Undefined: where it is. */
  readonly mailbox: string | undefined;
  readonly keywords: readonly string[];
}

/** In the order of the rules. The first one that says where a message goes wins; marks add up. */
export function decidePlacing(rules: readonly Rule[], facts: RuleFacts): Sorting {
  const matched: Rule[] = [];
  for (const rule of rules) {
    if (!rule.isEnabled || !matches(rule, facts)) continue;
    matched.push(rule);
    if (rule.stops) break;
  }
  return sortingOf(matched.flatMap(({ actions }) => actions));
}

export function sortingOf(actions: readonly RuleAction[]): Sorting {
  return {
    mailbox: actions.map(mailboxOf).find((mailbox) => mailbox !== undefined),
    keywords: [...new Set(actions.flatMap(keywordsOf))],
  };
}

function mailboxOf(action: RuleAction): string | undefined {
  switch (action.kind) {
    case "move":
      return action.mailbox;
    case "archive":
      return "Archive";
    case "junk":
      return "Junk";
    case "delete":
      return "Trash";
    default:
      return undefined;
  }
}

function keywordsOf(action: RuleAction): readonly string[] {
  switch (action.kind) {
    case "label":
      return [action.label];
    case "star":
      return ["$flagged"];
    case "mark-read":
      return ["$seen"];
    case "junk":
      return ["$junk"];
    default:
      return [];
  }
}
