// What a place that mail is imported from looks like, whatever its format.

export type MailFormat = "maildir" | "mbox" | "eml";

/** One message found in a source; nothing of its text is held. */
export interface SourceMessage {
  readonly kind: "message";
  /** Where it is, relative to the source, for progress and complaints. */
  readonly name: string;
  readonly mailbox: string;
  readonly keywords: readonly string[];
  /** Milliseconds since the epoch; undefined when the source does not say, and the message's own fields must. */
  readonly receivedAt: number | undefined;
  /** The last resort for a message without a date of its own. */
  readonly modifiedAt: number;
  /** How far the source is when this message is done, in the unit of `measure`. */
  readonly position: number;
  /** The octets as they are in the source; line ends become canonical in the store. Throws SourceError. */
  open(): AsyncIterable<Uint8Array>;
}

/** Something that is there and is not imported. */
export interface SkippedEntry {
  readonly kind: "skipped";
  readonly name: string;
  readonly reason: string;
  readonly position: number;
}

export type SourceEntry = SourceMessage | SkippedEntry;

/** A Maildir, an mbox, a folder; read only, never changed. */
export interface MailSource {
  readonly format: MailFormat;
  /** How much there is, in the unit of `position`: messages, or octets. */
  measure(): Promise<{ readonly unit: "messages" | "octets"; readonly total: number }>;
  /** Oldest first within a mailbox, as far as the format says. Throws SourceError when the source itself cannot be read. */
  entries(): AsyncIterable<SourceEntry>;
}

export interface SourceOptions {
  readonly path: string;
  /** Where the messages go: the root of a source with folders. INBOX unless given. */
  readonly mailbox?: string;
  /** mbox only: which lines lose a ">". mboxrd (the default) quotes ">From " again, mboxo does not. */
  readonly quoting?: "mboxrd" | "mboxo" | "none";
}

/** The source's fault: one message, or all of it, cannot be read. The text is for the person who imports. */
export class SourceError extends Error {
  readonly code = "no-source";
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "SourceError";
  }
}
