// What is said of a message of which nothing could be read. Apart from the reading itself, whose parsers are loaded in
// threads only: the event loop's side knows this much without them.
import type { ReadMessage } from "../contract.ts";

export function unreadableMessage(reason: string): ReadMessage {
  return {
    summary: {
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
      isUnreadable: true,
    },
    bcc: [],
    sender: [],
    warnings: [],
    bodies: [],
    parts: [],
    receiptTo: [],
    signed: undefined,
    unsubscribe: undefined,
    problems: [reason],
  };
}
