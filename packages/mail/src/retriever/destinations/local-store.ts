// The mail of this house as the retriever needs it. Whoever has the store open gives it: the post office itself, or a
// command that reaches it over the control socket.
import type { FetchedCopy, FetchedStub } from "../../mailstore/index.ts";

/** Where mail of a source goes. */
export interface PlacingInto {
  /** A login or address of ours. */
  readonly login: string;
  readonly mailbox: string;
  readonly source: string;
}

export interface PlacingFacts {
  readonly uniqueId: string;
  /** Place it also when its owner removed it. */
  readonly again: boolean;
  /** Trace fields to stand before the message. */
  readonly prefix: string;
  /** Its header, which it takes the place of. */
  readonly replaces?: FetchedStub | undefined;
}

export interface PlacedMessage {
  readonly messageId: number;
  readonly added: boolean;
}

/** One message on its way; nothing of it is seen before it is kept. */
export interface PlacingIntake {
  /** The chunk is the caller's again when it returns. A promise means: wait for it before the next. Throws why the message is not taken. */
  write(chunk: Uint8Array): void | Promise<void>;
  /** The octets have ended, and this is their SHA-256 in hex. Stores the message once for its source, unique-id and octets; durable when it resolves. */
  keep(sha256: string): Promise<PlacedMessage>;
  /** Nothing of it stays. Safe after a failure. */
  discard(): Promise<void>;
}

/** Messages of one source into one mailbox, stored in the order in which they were kept. */
export interface Placing {
  /** The octets of one message end, or it is discarded, before the next begins. */
  begin(facts: PlacingFacts): PlacingIntake;
  /** When every message was kept or discarded. */
  close(): Promise<void>;
}

/** Refusals have a `code`: `no-such-account`, OVER_QUOTA, STORE_FULL, STORE_UNAVAILABLE, or another of the house's. */
export interface LocalStore {
  /** Messages that may be on their way to the disk at once. */
  readonly concurrency: number;
  openPlacing(into: PlacingInto): Promise<Placing>;
  /** What this login has from a source, in order of message-id; at most 1,000 a call. */
  fetched(o: {
    readonly login: string;
    readonly source: string;
    readonly after: number;
  }): Promise<readonly FetchedCopy[]>;
}
