// What a place that mail is exported to looks like, whatever its format.
import type { StoredMessage } from "../../mailstore/index.ts";

/** A Maildir, a folder of mboxes or a folder of .eml files, being written. */
export interface MailTarget {
  /** Messages that may be written at once. */
  readonly concurrency: number;
  /** True when the message was written, false when an earlier export has done so. Certain only after `finish`. */
  write(message: StoredMessage, octets: () => AsyncIterable<Uint8Array>): Promise<boolean>;
  /** Makes everything durable; the target is done with. */
  finish(): Promise<void>;
  /** After a failure: lets go of files; what was written stays and is recognised next time. */
  abandon(): Promise<void>;
}

export interface TargetOptions {
  /** Made when it is not there. */
  readonly path: string;
}

/** The target's fault, in words for the person who exports. */
export class TargetError extends Error {
  readonly code = "no-target";
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "TargetError";
  }
}
