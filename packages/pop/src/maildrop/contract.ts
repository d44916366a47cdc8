// The store contract: what a POP server needs of the place where mail is kept, and what it may rely on.
// Every store is held to it by the suite `maildropContract` in ../testing.
import type { MessageNumber } from "../wire/index.ts";

/** Names the owner of a maildrop. Opaque to this package; a store chooses it. */
export type AccountId = string;

/** What a store can promise. The contract suite reads it; a store never claims what it cannot keep. */
export interface StoreCapabilities {
  /** Who is kept out while a session holds the maildrop: every front end, this host, or nobody. */
  readonly exclusiveLock: "lease" | "host" | "none";
  /** All marked messages go, or none (G3). */
  readonly atomicCommit: boolean;
  /** Numbers, octets and unique-ids hold still for the whole session and every listed message stays readable (G2). */
  readonly stableSnapshot: boolean;
  /** What has happened when `deliver` resolves (G5). */
  readonly durableDeliver: "commit" | "fsync+dir" | "fsync" | "memory";
  /** Accounts have mailboxes beside INBOX, to be opened by name (POP2's FOLD, POP1's RETR). Not so unless said. */
  readonly mailboxes?: boolean;
  /** Internationalised mail can be shown as its surrogate (`OpenOptions.surrogates`). Not so unless said. */
  readonly surrogates?: boolean;
}

export interface OpenOptions {
  /** Who asks, for the log and for `who`: a session id, never a secret. */
  readonly holder: string;
  /** What to do when another session holds the maildrop and is alive; one idle for more than 60 s is not asked. */
  readonly onBusy: "reject" | "takeover";
  /** Which of the account's mailboxes; INBOX, in any case, is the maildrop, and is meant unless another is named. */
  readonly mailbox?: string;
  /**
   * Show internationalised mail, whose headers hold more than ASCII, as its surrogate (RFC 6858): octets, lines and text
   * are the surrogate's, the unique-id is the message's. As it was received unless said.
   */
  readonly surrogates?: boolean;
  readonly signal?: AbortSignal;
}

/** One piece of a message as kept: canonical CRLF, not byte-stuffed. */
export interface MessageChunk {
  readonly octets: Uint8Array;
  /** True on the last chunk of a message; a message of zero octets is one empty last chunk. */
  readonly last: boolean;
  /** False when the store knows that no line of this message begins with a dot, so that it may be sent untouched. */
  readonly mayNeedStuffing: boolean;
}

export interface ReadOptions {
  /** TOP: the header and so many lines; undefined gives whole messages. */
  readonly bodyLines?: number;
  /** The caller is done with a chunk's octets before it asks for the next or closes: the store may use their memory again. */
  readonly borrowed?: boolean;
}

/** Reads a run of messages in the order asked for. One reader at a time per maildrop. */
export interface MessageReader {
  /** The next chunk (at most 256 KiB) at once, or a promise of it; undefined after the last. Throws or rejects when the store fails: nothing complete-looking follows. */
  next(): MessageChunk | undefined | Promise<MessageChunk | undefined>;
  /** Lets go of what the reader holds; safe at any time, also twice. */
  close(): void;
}

export type CommitOutcome =
  /** Every marked message was removed, durably. */
  | "done"
  /** Another session took the maildrop over; nothing was removed. */
  | "lost-lease"
  /** Nothing was removed. */
  | "failed"
  /** The store could not say, even when asked again; answered -ERR [SYS/TEMP]. */
  | "unknown";

/** One session's locked snapshot. Message-numbers, octets and unique-ids hold still until commit() or release(). */
export interface Maildrop {
  readonly count: number;
  /** Sum over all messages, exact up to 2^53-1 octets. */
  readonly octets: number;
  /** Octets RETR sends for message n, before byte-stuffing, without the terminator. n is 1..count. */
  octetsOf(n: MessageNumber): number;
  uniqueIdOf(n: MessageNumber): string;
  /** Message n is shown as its surrogate, because surrogates were asked for and it needs one. No message unless said. */
  isSurrogate?(n: MessageNumber): boolean;
  /** Its messages may be read and not removed. Not so unless said. */
  readonly isReadOnly?: boolean;
  /** A pipelined run of RETRs, or one TOP (`bodyLines`, RFC 1939 §7). */
  read(numbers: readonly MessageNumber[], options?: ReadOptions): MessageReader;
  /** UPDATE: removes exactly `marked`, then unlocks. One shot; safe to repeat, giving the same outcome. */
  commit(marked: ReadonlySet<MessageNumber>): Promise<CommitOutcome>;
  /** Unlocks and removes nothing; safe twice and after commit; never throws. */
  release(): Promise<void>;
  /** The holder is alive and did something: postpones takeover. */
  touch(): void;
}

/** A message to be delivered: octets as received; the store makes them canonical. */
export interface IncomingMessage {
  /** Put before the body as they are (canonical CRLF), counted in the size: trace fields. */
  readonly prefix?: Uint8Array;
  readonly body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface DeliverOptions {
  /** A second delivery with the same id to the same account is the first one again. */
  readonly deliveryId?: string;
  /** Which of the account's mailboxes; INBOX unless said. Made when it is not there. */
  readonly mailbox?: string;
}

export interface Delivered {
  /** The store's own name for the message; also what the unique-id is made of. */
  readonly messageId: number;
  /** False when the delivery id was known and nothing was added. */
  readonly added: boolean;
}

/**
 * Where maildrops are. open() throws PopError MAILDROP_IN_USE, NO_SUCH_ACCOUNT, NO_SUCH_MAILBOX, STORE_UNAVAILABLE or
 * STORE_BROKEN. A session that holds one mailbox of an account keeps the others out too.
 */
export interface MaildropStore {
  readonly capabilities: StoreCapabilities;
  open(account: AccountId, options: OpenOptions): Promise<Maildrop>;
  /** Resolves only when durable; throws PopError NO_SUCH_ACCOUNT, OVER_QUOTA, STORE_FULL, STORE_UNAVAILABLE. */
  deliver(account: AccountId, message: IncomingMessage, options?: DeliverOptions): Promise<Delivered>;
}
