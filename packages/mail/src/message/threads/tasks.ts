// What is asked of a reading thread and what it answers.
import type {
  HtmlOptions,
  MessageSummary,
  PartContent,
  QuotedBody,
  ReadingFailure,
  ReadMessage,
  SafeHtml,
} from "../contract.ts";

export type ReadingTask =
  | { readonly kind: "summarize" | "read"; readonly octets: Uint8Array; readonly isHeaderOnly: boolean }
  | { readonly kind: "html"; readonly octets: Uint8Array; readonly part: string; readonly options: HtmlOptions }
  | { readonly kind: "parts"; readonly octets: Uint8Array; readonly parts: readonly string[] }
  | { readonly kind: "part" | "shown-part" | "quote"; readonly octets: Uint8Array; readonly part: string };

export interface ReadingResults {
  readonly summarize: MessageSummary;
  readonly read: ReadMessage;
  readonly html: SafeHtml;
  readonly part: PartContent;
  readonly "shown-part": PartContent;
  readonly parts: readonly PartContent[];
  readonly quote: QuotedBody;
}

/** The first answer of a thread says that it is ready, each other one answers the task it was given. */
export type ReadingAnswer =
  | { readonly isReady: true }
  | { readonly value: ReadingResults[keyof ReadingResults] }
  | { readonly failure: ReadingFailure; readonly cause: string };

export type TimeKind = Exclude<ReadingTask["kind"], "parts" | "shown-part"> | "header";
export type TaskTimes = Readonly<Record<TimeKind, number>>;

/** Processor time of one task, in milliseconds. */
export const TASK_MS: TaskTimes = {
  summarize: 5_000,
  read: 5_000,
  html: 1_500,
  part: 5_000,
  quote: 1_500,
  header: 2_000,
};
/** Until a new thread is ready, in milliseconds. */
export const STARTING_MS = 30_000;

/** A header alone has a time of its own: it is read after all of the message took too long. */
export function timeKindOf(task: ReadingTask): TimeKind {
  if (task.kind === "parts" || task.kind === "shown-part") return "part";
  return "isHeaderOnly" in task && task.isHeaderOnly ? "header" : task.kind;
}
