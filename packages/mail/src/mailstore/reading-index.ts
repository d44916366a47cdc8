// What lists, conversations and search are answered from: one row a message, made from the change log after a delivery
// was acknowledged, and made anew from it whenever it is lost. A message whose parser failed has a row like any other.
import type { MailAddress } from "../message/index.ts";
import type { MailboxCounts } from "./contract.ts";

/** Where a message came from. */
export interface MessageOrigin {
  readonly kind: "source" | "delivered";
  /** Of the source; the address it was delivered to, or empty. */
  readonly name: string;
}

export interface IndexedMessage {
  readonly account: string;
  readonly messageId: number;
  readonly mailbox: string;
  readonly role: MailboxCounts["role"];
  readonly conversation: number;
  readonly subject: string;
  readonly from: readonly MailAddress[];
  readonly to: readonly MailAddress[];
  readonly preview: string;
  /** What lists are sorted by: when it was sent, not later than it came; milliseconds since the epoch. */
  readonly sortAt: number;
  readonly receivedAt: number;
  readonly octets: number;
  readonly attachments: number;
  readonly keywords: readonly string[];
  readonly origin: MessageOrigin;
  readonly isUnreadable: boolean;
  /** Message-ID without angle brackets. */
  readonly id: string | undefined;
}

/** A row of a list. `messages` has the newest first, at most 100; of a list of messages it has one. */
export interface ListRow {
  readonly newest: IndexedMessage;
  readonly messageIds: readonly number[];
  readonly count: number;
  /** Who wrote, oldest first, at most 5. */
  readonly senders: readonly MailAddress[];
  readonly isUnread: boolean;
  readonly isStarred: boolean;
  readonly attachments: number;
}

export interface ListPage {
  readonly rows: readonly ListRow[];
  /** Opaque; undefined at the end. */
  readonly next: string | undefined;
  readonly total: number | undefined;
}

export interface ListQuery {
  /** At most 200. */
  readonly accounts: readonly string[];
  /** At most one of mailbox, role, starred. */
  readonly mailbox?: string;
  readonly role?: MailboxCounts["role"];
  readonly starred?: boolean;
  readonly unread?: boolean;
  readonly source?: string;
  readonly view: "conversations" | "messages";
  readonly after?: string;
  /** At most 200. */
  readonly limit: number;
}

export interface SearchTerm {
  /** from, to, subject, has, is, in, account, before, after, larger, smaller, on; undefined for words. */
  readonly operator: string | undefined;
  readonly value: string;
  readonly isNegated: boolean;
}

export interface SearchQuery {
  readonly accounts: readonly string[];
  /** As typed; the last word is a prefix. */
  readonly text: string;
  readonly order: "newest" | "best";
  readonly after?: string;
  readonly limit: number;
  /** Ends the search; another key was typed. */
  readonly signal?: AbortSignal;
}

export interface SearchPage extends ListPage {
  readonly terms: readonly SearchTerm[];
  /** What of the query was not understood, one sentence each. */
  readonly problems: readonly string[];
}

export interface IndexedChange {
  readonly account: string;
  readonly modseq: number;
  readonly added: readonly number[];
  readonly changed: readonly number[];
  readonly gone: readonly number[];
}

export interface ReadingIndex {
  list(query: ListQuery): Promise<ListPage>;
  search(query: SearchQuery): Promise<SearchPage>;
  /** Oldest first. limit is at most 500. */
  conversation(
    account: string,
    conversation: number,
    o: { readonly limit: number },
  ): Promise<readonly IndexedMessage[]>;
  message(account: string, messageId: number): Promise<IndexedMessage | undefined>;
  starred(accounts: readonly string[]): Promise<number>;
  /** Addresses seen in mail that begin with, or have a word that begins with, this; the most used first. limit is at most 50. */
  addresses(account: string, prefix: string, o: { readonly limit: number }): Promise<readonly MailAddress[]>;
  /** Resolves when what was written before the call shows in lists, or after `withinMs`: then false. */
  caughtUp(account: string, o: { readonly withinMs: number }): Promise<boolean>;
  /** Messages not indexed yet. */
  waiting(): number;
  /** Called after rows changed, batched. Gives what ends it. */
  onIndexed(listener: (change: IndexedChange) => void): () => void;
}
