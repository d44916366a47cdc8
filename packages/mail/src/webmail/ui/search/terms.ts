// The query as the server understood it, and the query without one of its terms.
import type { Understood } from "../data/lists.ts";

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
