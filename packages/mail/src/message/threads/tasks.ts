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
  | { readonly kind: "part" | "quote"; readonly octets: Uint8Array; readonly part: string };

export interface ReadingResults {
  readonly summarize: MessageSummary;
  readonly read: ReadMessage;
  readonly html: SafeHtml;
  readonly part: PartContent;
  readonly quote: QuotedBody;
}

export type ReadingAnswer =
  | { readonly value: ReadingResults[keyof ReadingResults] }
  | { readonly failure: ReadingFailure; readonly cause: string };

/** Wall time of one task, in milliseconds. */
export const TASK_MS: Readonly<Record<ReadingTask["kind"], number>> = {
  summarize: 5_000,
  read: 5_000,
  html: 1_500,
  part: 5_000,
  quote: 1_500,
};
