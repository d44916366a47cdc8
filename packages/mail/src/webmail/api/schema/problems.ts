// What of a message or of a query was left out, by its code: each has a text in every language of the reader.
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

const term = z.string();

export const searchProblem = z.discriminatedUnion("code", [
  z.strictObject({ code: z.literal("query-cut"), characters: z.int() }),
  z.strictObject({ code: z.literal("terms-cut"), words: z.int() }),
  z.strictObject({ code: z.enum(["empty-term", "no-word", "no-date", "no-size"]), term }),
  z.strictObject({ code: z.literal("unknown-value"), term, known: z.array(z.string()) }),
  z.strictObject({ code: z.literal("no-account"), account: z.string() }),
  z.strictObject({ code: z.literal("server-unknown") }),
]);

export type MessageProblem = z.output<typeof messageProblem>;
export type SearchProblem = z.output<typeof searchProblem>;
