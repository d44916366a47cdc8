// Where the message of an outbox entry is kept, and where it goes once somebody has it.
import type { Mailstore } from "../mailstore/index.ts";
import type { OutboxDocument } from "./outbox-documents.ts";

/** Mailbox of messages on their way out. */
export const OUTBOX_MAILBOX = "Outbox";
const SENT_MAILBOX = "Sent";

/** What left the outbox is where a person put it, and stays there. */
export async function fileAsSent(store: Mailstore, { account, entry }: OutboxDocument): Promise<void> {
  const [place] = await store.placementsOf(account, [entry.messageId]);
  if (place?.mailbox === OUTBOX_MAILBOX) await store.move(account, [entry.messageId], SENT_MAILBOX);
}
