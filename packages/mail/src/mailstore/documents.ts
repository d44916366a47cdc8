// Small JSON documents kept beside mail, as durable as mail is: preferences of the reader, identities, drafts, the
// outbox, rules. Of one account, or of the whole house.

export interface DocumentKey {
  /** A short word: what the document is. */
  readonly kind: string;
  /** Undefined: the house's. */
  readonly account?: string;
  /** Unique within kind and account; 1 to 128 printable ASCII characters. */
  readonly id: string;
}

export interface StoredDocument {
  readonly account: string | undefined;
  readonly id: string;
  /** Goes up by one with every change, from 1. */
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
  /** As it was put; whoever reads it checks its shape. */
  readonly value: unknown;
}

/** A document that is put together with another change of the store: both are durable, or neither. */
export interface DocumentChange {
  readonly key: DocumentKey;
  readonly value: unknown;
  readonly ifVersion: number;
}

export interface Documents {
  get(key: DocumentKey): Promise<StoredDocument | undefined>;
  /** In order of account and id, at most 1,000, those behind `after`; of every account unless one is named. */
  list(o: {
    readonly kind: string;
    readonly account?: string;
    readonly after?: Pick<StoredDocument, "account" | "id">;
  }): Promise<readonly StoredDocument[]>;
  /**
   * Resolves when durable. With `ifVersion` (0: only when there is none) a document that changed meanwhile is left as
   * it is: "conflict". Throws RangeError for a value of more than 1 MiB, PopError NO_SUCH_ACCOUNT, STORE_FULL,
   * STORE_UNAVAILABLE.
   */
  put(
    key: DocumentKey,
    value: unknown,
    o?: { readonly ifVersion?: number },
  ): Promise<{ readonly version: number } | "conflict">;
  /** False when there was none; with `ifVersion`, none of that version. */
  remove(key: DocumentKey, o?: { readonly ifVersion?: number }): Promise<boolean>;
}
