// What writing needs of the house.
import type { Identities, Outbox, OutboxEntry, SecretFiles } from "../../../submission/index.ts";

export interface WritingDesk {
  readonly outbox: Outbox;
  readonly identities: Identities;
  readonly secrets: SecretFiles;
  /** Attachments of drafts are kept below it. */
  readonly draftFolder: string;
  /** This host's name, for EHLO. */
  readonly hostName: string;
  /** Called with what a message was written as, once nobody can take it back. Gives what ends it. */
  listenSpent(listener: (spent: { readonly account: string; readonly draft: unknown }) => void): () => void;
  /** Called with every state a message of the outbox reaches. Gives what ends it. */
  listen(listener: (entry: OutboxEntry) => void): () => void;
}
