// The query as the server understood it, what it did not understand, and the query without one of its terms.
import type { SearchProblem } from "../../api/schema/index.ts";
import type { Understood } from "../data/lists.ts";
import type { Words } from "../words/words.ts";

export type Term = Understood["terms"][number];

/** A term as one would type it. */
export function termText({ operator, value, isNegated }: Term): string {
  const needsQuotes = /\s/.test(value) || value === "";
  const quoted = needsQuotes ? `"${value.replaceAll('"', "")}"` : value;
  return `${isNegated ? "-" : ""}${operator === null ? "" : `${operator}:`}${quoted}`;
}

export function queryWithout(terms: readonly Term[], at: number): string {
  return terms
    .filter((_term, index) => index !== at)
    .map(termText)
    .join(" ");
}

/** It names a mailbox or an account, and there is none. */
export function isNotThere({ operator, value }: Term, problems: readonly SearchProblem[]): boolean {
  return problems.some((problem) =>
    problem.code === "no-mailbox"
      ? operator === "in" && problem.mailbox === value
      : problem.code === "no-account" && operator === "account" && problem.account === value,
  );
}

export function problemText({ say, list }: Words, problem: SearchProblem): string {
  const { code, ...values } = problem;
  return say(`not-sought.${code}`, "known" in values ? { ...values, known: list(values.known) } : values);
}
