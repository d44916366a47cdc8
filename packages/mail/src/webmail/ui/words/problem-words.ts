// What of a message or of a query was left out, for a person in a browser. The compiler asks for a text for each of them.
import type { MessageProblem, SearchProblem } from "../../api/schema/index.ts";

export const PROBLEM_WORDS = {
  "problem.header-cut": "Its header is larger than is read here. Parts of it were left out.",
  "problem.parts-cut": "It has more parts than are read here. The rest of it is not shown.",
  "problem.nesting-cut": "Its parts are nested deeper than is read here. They are kept together as one attachment.",
  "problem.too-large": "It is larger than is read here. Save it and open it with another program.",
  "problem.took-too-long": "It took too long to read. Look at its source, or save it.",
  "problem.unreadable": "It cannot be read. Look at its source, or save it.",
  "problem.not-now": "It cannot be read now. Open it again later.",

  "not-sought.query-cut": "Only the first {characters, number} characters are looked for.",
  "not-sought.terms-cut": "Only the first {words, number} words are looked for.",
  "not-sought.empty-term": "{term} says nothing to look for.",
  "not-sought.no-word": "{term} has no word to look for.",
  "not-sought.no-date": "{term} is no date. Write it as 2026, 2026-03 or 2026-03-15.",
  "not-sought.no-size": "{term} is no size. Write it as 500k or 5M.",
  "not-sought.unknown-value": "{term} is not known. There is {known}.",
  "not-sought.no-account": "There is no account {account}.",
  "not-sought.no-mailbox": "There is no mailbox {mailbox}.",
  "not-sought.server-unknown": "Nothing here tells what is still on a server; on:server was left out.",
} as const satisfies Readonly<Record<`problem.${MessageProblem}` | `not-sought.${SearchProblem["code"]}`, string>>;
