// What is said of a message of which nothing could be read. Apart from the reading itself, whose parsers are loaded in
// threads only: the event loop's side knows this much without them.
import type { MessageSummary, ReadingProblem, ReadMessage } from "../contract.ts";

export const UNREADABLE_SUMMARY: MessageSummary = {
  subject: "",
  from: [],
  to: [],
  cc: [],
  replyTo: [],
  sentAt: undefined,
  id: undefined,
  references: [],
  threadSubject: "",
  preview: "",
  attachments: [],
  listId: undefined,
  isAutomatic: false,
  text: "",
  isUnreadable: true,
};

export function unreadableMessage(problem: ReadingProblem): ReadMessage {
  const { text: _, ...summary } = UNREADABLE_SUMMARY;
  const nothing = { bcc: [], sender: [], warnings: [], authentication: [], bodies: [], parts: [], receiptTo: [] };
  return { summary, ...nothing, signed: undefined, unsubscribe: undefined, problems: [problem] };
}
