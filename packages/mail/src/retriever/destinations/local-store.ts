// The mail of this house as the retriever needs it. Whoever has the store open gives it: the post office itself, or a
// command that reaches it over the control socket.
import type { FetchedCopy } from "../../mailstore/index.ts";

export interface PlaceCollected {
  /** A login or address of ours. */
  readonly login: string;
  readonly mailbox: string;
  readonly source: string;
  readonly uniqueId: string;
  readonly again: boolean;
  /** Trace fields to stand before the message. */
  readonly prefix: string;
}

export interface PlacedMessage {
  readonly messageId: number;
  readonly added: boolean;
}

/** Refusals have a `code`: `no-such-account`, OVER_QUOTA, STORE_FULL, STORE_UNAVAILABLE, or another of the house's. */
export interface LocalStore {
  /** Messages that may be placed at once. */
  readonly concurrency: number;
  /** Stores the message once for this source, unique-id and octets, when the octets have ended; durable when it resolves. Octets that throw store nothing. */
  place(o: PlaceCollected, octets: AsyncIterable<Uint8Array>): Promise<PlacedMessage>;
  /** What this login has from a source, in order of message-id; at most 1,000 a call. */
  fetched(o: {
    readonly login: string;
    readonly source: string;
    readonly after: number;
  }): Promise<readonly FetchedCopy[]>;
}
