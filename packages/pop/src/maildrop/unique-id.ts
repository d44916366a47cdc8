// Unique-ids (RFC 1939 §7 UIDL). Ours use few characters and no upper case, because mail programs keep them in state
// files that split on spaces, in file names and in tables that ignore case.

/** Made of what never changes: the maildrop's epoch, chosen at random when it was created, and the store's message-id. */
export interface UniqueIdParts {
  /** An integer from 0 to 2^53-1. */
  readonly epoch: number;
  /** An integer from 0 to 2^53-1, never given to a second message of the same maildrop and epoch. */
  readonly messageId: number;
}

// Listings ask for one maildrop's ids in a row, and writing the epoch in base 36 is ten times the rest of the work.
let lastEpoch = 0;
let lastPrefix = "0.";

/** The unique-id of a message: at most 28 octets of 0-9, a-z and the dot. */
export function formatUniqueId(parts: UniqueIdParts): string {
  if (parts.epoch !== lastEpoch) {
    lastEpoch = parts.epoch;
    lastPrefix = `${parts.epoch.toString(36)}.`;
  }
  return `${lastPrefix}${parts.messageId}`;
}

/** Whether a text may be sent as a unique-id: 1 to 70 octets from 0x21 to 0x7E (RFC 1939 §7). */
export function isUniqueId(text: string): boolean {
  return /^[\x21-\x7e]{1,70}$/.test(text);
}
