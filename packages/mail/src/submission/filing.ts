// Where the message of an outbox entry is kept, and where it goes once somebody has it.
import type { Mailstore } from "../mailstore/index.ts";
import type { OutboxDocument } from "./outbox-documents.ts";

/** Mailbox of messages on their way out. */
export const OUTBOX_MAILBOX = "Outbox";
const SENT_MAILBOX = "Sent";

const TRASH_MAILBOX = "Trash";

/** What left the outbox is where a person put it, and stays there. */
export async function fileAsSent(store: Mailstore, { account, entry }: OutboxDocument): Promise<void> {
  if (await isInOutbox(store, account, entry.messageId)) await store.move(account, [entry.messageId], SENT_MAILBOX);
}

export async function fileInTrash(store: Mailstore, account: string, messageId: number): Promise<void> {
  if (await isInOutbox(store, account, messageId)) await store.move(account, [messageId], TRASH_MAILBOX);
}

export async function isInOutbox(store: Mailstore, account: string, messageId: number): Promise<boolean> {
  const [place] = await store.placementsOf(account, [messageId]);
  return place?.mailbox === OUTBOX_MAILBOX;
}
