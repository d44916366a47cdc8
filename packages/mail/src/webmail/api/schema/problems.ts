// What of a message or of a query was left out, by its code, and what narrows a query: each has a text in every language of
// the reader.
import { z } from "zod";

export const messageProblem = z.enum([
  "header-cut",
  "parts-cut",
  "nesting-cut",
  "too-large",
  "took-too-long",
  "unreadable",
  /** No fault of the message's: it may be read later. */
  "not-now",
]);

/** What narrows a search, as it is typed before a colon. */
export const searchOperator = z.enum([
  "from",
  "to",
  "subject",
  "has",
  "is",
  "in",
  "account",
  "before",
  "after",
  "larger",
  "smaller",
  "on",
]);

const term = z.string();

export const searchProblem = z.discriminatedUnion("code", [
  z.strictObject({ code: z.literal("query-cut"), characters: z.int() }),
  z.strictObject({ code: z.literal("terms-cut"), words: z.int() }),
  z.strictObject({ code: z.enum(["empty-term", "no-word", "no-date", "no-size"]), term }),
  z.strictObject({ code: z.literal("unknown-value"), term, known: z.array(z.string()) }),
  z.strictObject({ code: z.literal("no-account"), account: z.string() }),
  z.strictObject({ code: z.literal("no-mailbox"), mailbox: z.string() }),
  z.strictObject({ code: z.literal("server-unknown") }),
]);

export type MessageProblem = z.output<typeof messageProblem>;
export type SearchOperator = z.output<typeof searchOperator>;
export type SearchProblem = z.output<typeof searchProblem>;
