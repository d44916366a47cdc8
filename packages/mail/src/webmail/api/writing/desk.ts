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
  /** Called with every state a message of the outbox reaches. Gives what ends it. */
  listen(listener: (entry: OutboxEntry) => void): () => void;
}
