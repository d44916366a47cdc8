// The mail model and what every mailstore driver offers: POP's maildrops, delivery, the directory of accounts,
// and the reader's queries. Drivers: ./sqlite (one owning process); later ./postgres.
import type { Delivered, MaildropStore } from "@restante/pop/maildrop";
import type { DocumentChange, Documents } from "./documents.ts";

/** What a POP client's deletion does to the reader's copy. In all three the message leaves the POP maildrop for good. */
export type PopDelete =
  | { readonly kind: "trash"; readonly days: number }
  | { readonly kind: "remove" }
  | { readonly kind: "hide" };

/** A body as it was received: canonical, measured, not yet anybody's. */
export interface ReceivedBody {
  /** Canonical CRLF octets. */
  readonly octets: number;
  /** Lines that begin with a dot. */
  readonly stuffedLines: number;
  /** Octets of the header with its blank line; all of them when there is no blank line. */
  readonly headerOctets: number;
  /** Hex SHA-256 of the canonical octets. */
  readonly sha256: string;
  /** The first octets (at most 64 KiB) of the header, for whoever must look at a field. */
  readonly head: Uint8Array;
  /** Lets go of the octets; safe twice. Accounts it was placed with keep theirs. */
  discard(): Promise<void>;
}

export interface BodyOptions {
  /** Whoever writes digests the octets himself and gives the SHA-256 to `finish`, so that it is not made twice. */
  readonly isDigested?: boolean;
}

/** Takes a body in: small ones in memory, large ones straight to a file. No lock is held meanwhile. */
export interface BodyWriter {
  /** A promise means: wait for it before the next write. Throws PopError STORE_FULL or STORE_UNAVAILABLE. */
  write(chunk: Uint8Array): void | Promise<void>;
  /** `sha256`: hex, of the octets as they were written, where `newBody` was told that it comes. */
  finish(sha256?: string): Promise<ReceivedBody>;
  discard(): Promise<void>;
}

/** What a remote maildrop called a message. */
export interface Fetched {
  /** The source's name. */
  readonly source: string;
  /** One character an octet. */
  readonly uniqueId: string;
  /** Hex SHA-256 of the octets as they came. */
  readonly sha256: string;
  /** Place it also when its owner has removed it since. */
  readonly again?: boolean;
  /** What stood for it until it came: it goes, and this one is where it was, with its keywords, in the same transaction. */
  readonly replaces?: FetchedStub | undefined;
}

/** A header that was placed because the whole message was too large; also one its owner has removed since. */
export interface FetchedStub {
  readonly messageId: number;
  /** Hex, of the header's octets as they came. */
  readonly sha256: string;
}

/** What became of a message that was collected. */
export interface FetchedCopy {
  readonly messageId: number;
  readonly uniqueId: string;
  readonly sha256: string;
  /** Milliseconds since the epoch; undefined while the message is there. */
  readonly removedAt: number | undefined;
  /** Its account's `expireDays` removed it, or moved it to Trash; its owner did nothing with it since. */
  readonly isExpired: boolean;
}

export interface PlaceOptions {
  /** Collected from a remote maildrop: placed once for the same source, unique-id and octets, for good. */
  readonly fetched?: Fetched;
  /** Canonical trace fields put before the body, counted in the size (LMTP's Return-Path and Delivered-To). */
  readonly prefix?: Uint8Array;
  readonly deliveryId?: string;
  /** Name of the mailbox; INBOX unless said otherwise. Created when it does not exist. */
  readonly mailbox?: string;
  /** Milliseconds since the epoch; now unless said otherwise. */
  readonly receivedAt?: number;
  /** A unique-id to keep, of an imported maildrop. 1-70 octets of 0x21-0x7E. */
  readonly uniqueId?: string;
  /** Keywords such as `$seen`, `$flagged`. */
  readonly keywords?: readonly string[];
}

export interface Account {
  readonly account: string;
  /** The name people know it by; also its first login. */
  readonly name: string;
  readonly disabled: boolean;
  readonly popDelete: PopDelete;
  /** Days after which mail in the POP maildrop goes by itself (RFC 2449 §6.7); 0: with the session that retrieved it; undefined: never. */
  readonly expireDays: number | undefined;
  readonly messages: number;
  readonly octets: number;
  readonly quotaMessages: number | undefined;
  readonly quotaOctets: number | undefined;
  readonly createdAt: number;
}

/** How a secret is kept: never the secret itself. Written and read by the folder accounts only. */
export interface Login {
  readonly login: string;
  readonly account: string;
  readonly kind: "password" | "app-password";
  /** `hmac-sha256$…` for a generated password, a PHC string (`$argon2id$…`) for a chosen one. */
  readonly verifier: string;
  /** JSON of the SCRAM keys; only beside generated passwords. */
  readonly scram: string | undefined;
  /** Encrypted secret of APOP and CRAM-MD5; a login that has one takes no password over POP. */
  readonly apopSecret: string | undefined;
  readonly disabled: boolean;
  /** Goes up whenever anything that decides a login changes; part of every cache key. */
  readonly credentialVersion: number;
  readonly createdAt: number;
}

/** exact: local@domain. alias: local@ any domain of ours. catch-all: anything@domain. */
export type AddressKind = "exact" | "alias" | "catch-all";

export interface Address {
  readonly kind: AddressKind;
  /** Lower case; empty for catch-all. */
  readonly local: string;
  /** Lower case; empty for alias. */
  readonly domain: string;
  readonly account: string;
}

/**
 * Accounts, logins and addresses. Point reads answer at once; writes resolve when durable. Names are looked up without
 * case, however their letters are composed: callers need not fold them.
 */
export interface Directory {
  accounts(): readonly Account[];
  account(account: string): Account | undefined;
  accountNamed(name: string): Account | undefined;
  /** The fewest days any account gives its mail; undefined when every account keeps it. */
  fewestExpireDays(): number | undefined;
  login(login: string): (Login & Pick<Account, "expireDays"> & { readonly accountDisabled: boolean }) | undefined;
  logins(account: string): readonly Login[];
  addresses(account?: string): readonly Address[];
  addressOwner(kind: AddressKind, local: string, domain: string): string | undefined;
  /** Throws DirectoryError `name-taken`. */
  addAccount(o: {
    readonly name: string;
    readonly popDelete: PopDelete;
    readonly expireDays?: number | undefined;
    readonly login: Omit<Login, "account" | "apopSecret" | "credentialVersion" | "createdAt">;
  }): Promise<Account>;
  changeAccount(
    account: string,
    o: {
      readonly disabled?: boolean;
      readonly popDelete?: PopDelete;
      /** Days begin to count anew. */
      readonly expireDays?: number | null;
      readonly quotaMessages?: number | null;
      readonly quotaOctets?: number | null;
    },
  ): Promise<void>;
  /** Takes the account with all its logins, addresses and mail. */
  removeAccount(account: string): Promise<void>;
  addLogin(login: Omit<Login, "apopSecret" | "credentialVersion" | "createdAt">): Promise<void>;
  changeLogin(
    login: string,
    o: {
      readonly verifier?: string;
      readonly scram?: string | null;
      readonly apopSecret?: string | null;
      readonly disabled?: boolean;
    },
  ): Promise<void>;
  removeLogin(login: string): Promise<void>;
  addAddress(address: Address): Promise<void>;
  removeAddress(address: Omit<Address, "account">): Promise<void>;
}

/** A refusal the caller expects. */
export class DirectoryError extends Error {
  readonly code: "name-taken" | "not-found";
  constructor(code: "name-taken" | "not-found", message: string) {
    super(message);
    this.name = "DirectoryError";
    this.code = code;
  }
}

/** What became of a change of mailboxes; anything but "done" changed nothing. */
export type MailboxOutcome = "done" | "name-taken" | "not-found" | "not-empty" | "has-a-role";

export interface MailboxCounts {
  readonly mailbox: string;
  readonly role: "inbox" | "archive" | "junk" | "trash" | "sent" | "drafts" | undefined;
  readonly messages: number;
  readonly unread: number;
  /** Whatever comes into it after this look gets a larger uid. */
  readonly lastUid: number;
}

/** One entry of the change log: the message as it is now, or that it is gone. */
export interface Change {
  readonly modseq: number;
  readonly messageId: number;
  readonly mailbox: string;
  readonly gone: boolean;
}

/** What whoever follows an account asks. Each answers a bounded number of rows. Lists and conversations: ReadingIndex. */
export interface ReaderQueries {
  counts(account: string): Promise<readonly MailboxCounts[]>;
  /** Of the account's last change; 0 before the first, and for an account that is not there. */
  modseq(account: string): Promise<number>;
  /**
   * In order of modseq, strictly after `modseq`; 0 is the beginning. limit is at most 1,000.
   * Throws ChangesForgottenError when removals after `modseq` are forgotten: what is known has to be compared anew.
   */
  changesSince(account: string, modseq: number, o: { readonly limit: number }): Promise<readonly Change[]>;
}

/** Removals are remembered for some time; whoever was away for longer starts anew. */
export class ChangesForgottenError extends Error {
  constructor(account: string, o: { readonly since: number; readonly floor: number }) {
    super(`the changes of account ${account} after ${o.since} are forgotten up to ${o.floor}: start anew`);
    this.name = "ChangesForgottenError";
  }
}

/** Keywords one message has at most; with more, whoever sets them gets a RangeError. */
export const KEYWORDS_MAX = 64;

/** Where a message is, and what is kept with it. */
export interface Placement {
  readonly messageId: number;
  readonly mailbox: string;
  readonly keywords: readonly string[];
}

/** One stored message, for export. */
export interface StoredMessage {
  readonly messageId: number;
  readonly uniqueId: string;
  readonly octets: number;
  readonly mailbox: string;
  readonly receivedAt: number;
  readonly keywords: readonly string[];
}

/** What `doctor` found. `repair` says what to do about it. */
export interface Finding {
  readonly what: string;
  readonly severity: "ok" | "warning" | "error";
  readonly repair?: string;
}

export interface Mailstore extends MaildropStore {
  readonly directory: Directory;
  readonly reader: ReaderQueries;
  readonly documents: Documents;
  newBody(options?: BodyOptions): BodyWriter;
  /** Resolves only when durable. Throws PopError NO_SUCH_ACCOUNT, OVER_QUOTA, STORE_FULL, STORE_UNAVAILABLE. The body may be placed with several accounts. */
  place(account: string, body: ReceivedBody, options?: PlaceOptions): Promise<Delivered>;
  /** Pages through an account's messages in order of message-id, for export. */
  messages(account: string, o: { readonly after: number; readonly limit: number }): Promise<readonly StoredMessage[]>;
  /** Pages through what an account has from a source, in order of message-id; those its owner removed are told as such. limit is at most 1,000. */
  fetched(
    account: string,
    o: { readonly source: string; readonly after: number; readonly limit: number },
  ): Promise<readonly FetchedCopy[]>;
  /** Octets of one message as POP would send them, in chunks. Throws PopError NO_SUCH_MESSAGE. */
  octetsOf(account: string, messageId: number): AsyncIterable<Uint8Array>;
  /** Where messages are now, for undoing what is done next; those that are not there are left out. At most 1,000. */
  placementsOf(account: string, messageIds: readonly number[]): Promise<readonly Placement[]>;
  /** Moves messages between mailboxes; unique-ids stay. */
  move(account: string, messageIds: readonly number[], mailbox: string): Promise<void>;
  /** Removes for good; a session that listed them can still read them. */
  remove(account: string, messageIds: readonly number[]): Promise<void>;
  /**
   * Removes for good what came into the mailbox up to that uid, some hundred messages at a time. Resolves to how many.
   * Rejects with the signal's reason before the next hundreds: what is left stays.
   */
  emptyMailbox(
    account: string,
    o: { readonly role: "trash" | "junk"; readonly lastUid: number; readonly signal?: AbortSignal },
  ): Promise<number>;
  /** The next three throw RangeError for a name that cannot be one, PopError NO_SUCH_ACCOUNT. */
  createMailbox(account: string, name: string): Promise<MailboxOutcome>;
  /** With `document`, that one is put in the same transaction; one that changed meanwhile changes nothing: "conflict". */
  renameMailbox(
    account: string,
    name: string,
    to: string,
    o?: { readonly document?: DocumentChange },
  ): Promise<MailboxOutcome | "conflict">;
  /** Only an empty one goes. */
  removeMailbox(account: string, name: string): Promise<MailboxOutcome>;
  setKeywords(
    account: string,
    messageIds: readonly number[],
    o: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
  ): Promise<void>;
  /** Sessions that hold a maildrop now. */
  leases(): readonly { readonly account: string; readonly holder: string; readonly sinceMs: number }[];
  /** Bodies nobody refers to (after 24 h), trash past its days, delivery ids past 7 days, removals in the change log past 30 days. Bounded work a call; resolves to what was removed. */
  collectGarbage(now?: number): Promise<{
    readonly bodies: number;
    readonly messages: number;
    readonly deliveryIds: number;
    readonly changes: number;
  }>;
  /**
   * Deletes, as a POP client would, mail that is in a maildrop for longer than its account's `expireDays`. An account with
   * a session is passed over. Bounded work a call: a round over all accounts goes on where the last call stopped, and
   * `isDone` says that it has come to its end. Resolves to how many messages went in this call.
   */
  expireMail(now?: number): Promise<{ readonly messages: number; readonly isDone: boolean }>;
  check(): Promise<readonly Finding[]>;
  /** Called after changes of an account became durable, with its modseq by then; also when it was added or removed. Gives what
   * ends it. */
  onChange(listener: (account: string, modseq: number) => void): () => void;
  close(): Promise<void>;
}
