// What of a message or of a query was left out, for whoever is at a terminal.
import type { ReaderAnswer } from "../../../office/index.ts";

type MessageProblem = ReaderAnswer<"message">["problems"][number];
type SearchProblem = ReaderAnswer<"search">["problems"][number];

export const MESSAGE_PROBLEMS: Readonly<Record<MessageProblem, string>> = {
  "header-cut": "the header is larger than is read; parts of it were left out",
  "parts-cut": "the message has more parts than are read; the rest of it is not shown",
  "nesting-cut": "parts are nested deeper than is read; they are kept together as one attachment",
  "too-large": "the message is larger than is read here; show its --source",
  "took-too-long": "the message took too long to read; show its --source",
  unreadable: "the message cannot be read; show its --source",
  "not-now": "the message cannot be read now; try again",
};

export function searchProblem(problem: SearchProblem): string {
  switch (problem.code) {
    case "query-cut":
      return `only the first ${problem.characters} characters are looked for`;
    case "terms-cut":
      return `only the first ${problem.words} words are looked for`;
    case "empty-term":
      return `${problem.term} says nothing to look for`;
    case "no-word":
      return `${problem.term} has no word to look for`;
    case "no-date":
      return `${problem.term} is no date; write it as 2026, 2026-03 or 2026-03-15`;
    case "no-size":
      return `${problem.term} is no size; write it as 500k or 5M`;
    case "unknown-value":
      return `${problem.term} is not known; there is ${problem.known.join(", ")}`;
    case "no-account":
      return `there is no account ${problem.account}`;
    case "no-mailbox":
      return `there is no mailbox ${problem.mailbox}; in:anywhere looks into all of them`;
    case "server-unknown":
      return "nothing here tells what is still on a server; on:server was left out";
  }
}
