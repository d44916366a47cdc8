// What lists, conversations and search are answered from: one row a message, made from the change log after a delivery
// was acknowledged, and made anew from it whenever it is lost. A message whose parser failed has a row like any other.
import type { MailAddress } from "../message/index.ts";
import type { Finding, MailboxCounts } from "./contract.ts";

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
  /** Message-id of one that was in it; another when conversations are joined. */
  readonly conversation: number;
  readonly subject: string;
  /** At most 20, as are the next. */
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

/** A row of a list: what of a conversation is in that list, or one message. */
export interface ListRow {
  readonly newest: IndexedMessage;
  /** The newest first, at most 100; of a list of messages it has one. */
  readonly messageIds: readonly number[];
  /** Those of them that are in Sent or Drafts, in a list of more than one mailbox. */
  readonly written: readonly number[];
  readonly count: number;
  /** The last at most 5 who wrote, oldest first. */
  readonly senders: readonly MailAddress[];
  /** The last that came of them. */
  readonly upTo: number;
  /** This and what follows is of all of them, not of those that are named alone. */
  readonly isUnread: boolean;
  readonly isStarred: boolean;
  readonly attachments: number;
}

/** By sortAt, the newest first; of the same second in an order that stays. A row that was shown does not come again. */
export interface ListPage {
  readonly rows: readonly ListRow[];
  /** Opaque; undefined at the end. */
  readonly next: string | undefined;
  /** Of the whole list; undefined where counting would take too long. */
  readonly total: number | undefined;
}

/** Which mail is in a list. */
export interface Listed {
  /** At most one of mailbox and role. Without them all mail is listed but trash and junk. */
  readonly mailbox?: string;
  readonly role?: MailboxCounts["role"];
  readonly starred?: boolean;
  readonly unread?: boolean;
  readonly source?: string;
}

export interface ListQuery extends Listed {
  /** At most 200. */
  readonly accounts: readonly string[];
  readonly view: "conversations" | "messages";
  readonly after?: string;
  /** At most 200. */
  readonly limit: number;
}

/** A row of a list of conversations, as it was shown. */
export interface MembersQuery extends Listed {
  readonly account: string;
  readonly conversation: number;
  /** What came after this message is not of it. */
  readonly upTo: number;
}

export interface ConversationSize {
  readonly messages: number;
  /** Of them, those that are neither in the trash nor in junk. */
  readonly kept: number;
  /** Message-id of the last that came; 0 when there is none. */
  readonly upTo: number;
}

/** What narrows a search, as it is typed before a colon. */
export type SearchOperator =
  | "from"
  | "to"
  | "subject"
  | "has"
  | "is"
  | "in"
  | "account"
  | "before"
  | "after"
  | "larger"
  | "smaller"
  | "on";

export interface SearchTerm {
  /** Undefined for words. */
  readonly operator: SearchOperator | undefined;
  readonly value: string;
  readonly isNegated: boolean;
}

/** What of a query was not understood and left out. A term stands as it was typed. */
export type SearchProblem =
  | { readonly code: "query-cut"; readonly characters: number }
  | { readonly code: "terms-cut"; readonly words: number }
  | { readonly code: "empty-term" | "no-word" | "no-date" | "no-size"; readonly term: string }
  | { readonly code: "unknown-value"; readonly term: string; readonly known: readonly string[] }
  /** None of the accounts that may be searched is called so: nothing is found of it. */
  | { readonly code: "no-account"; readonly account: string }
  /** None of the accounts that are searched has one: nothing is in it. */
  | { readonly code: "no-mailbox"; readonly mailbox: string }
  /** Nobody here can tell what is on a server. */
  | { readonly code: "server-unknown" };

export interface SearchQuery {
  readonly accounts: readonly string[];
  /** As typed; the last word is a prefix, and so is the last name behind `in:` or `account:`. Trash and junk are left out unless `in:` says where, or in:anywhere. */
  readonly text: string;
  readonly order: "newest" | "best";
  readonly after?: string;
  readonly limit: number;
  /** Ends the search; another key was typed. */
  readonly signal?: AbortSignal;
}

/** Rows are messages. The best finds are at most 1,000. */
export interface SearchPage extends ListPage {
  readonly terms: readonly SearchTerm[];
  readonly problems: readonly SearchProblem[];
}

export interface IndexedChange {
  readonly account: string;
  readonly modseq: number;
  readonly added: readonly number[];
  /** Of those: unread mail that came into an inbox, and was not only indexed late. */
  readonly arrived: readonly number[];
  readonly changed: readonly number[];
  readonly gone: readonly number[];
}

/** Why nothing is indexed for now. */
export type IndexStop =
  /** Octets: what room there is below the floor is left to mail. */
  | { readonly kind: "disk"; readonly free: number; readonly floor: number }
  /** In words for the log. */
  | { readonly kind: "failure"; readonly words: string };

export interface IndexState {
  /** Messages of all accounts that have no row yet. */
  readonly waiting: number;
  /** Of so many, as far as was seen. */
  readonly messages: number;
  readonly stopped: IndexStop | undefined;
}

export interface ReadingIndex {
  /** Lists, and perhaps searches, are asked for soon: what answers them is started. */
  makeReady(): void;
  list(query: ListQuery): Promise<ListPage>;
  search(query: SearchQuery): Promise<SearchPage>;
  /** The newest so many, oldest first; named by any message of it, too. limit is at most 500. */
  conversation(
    account: string,
    conversation: number,
    o: { readonly limit: number },
  ): Promise<readonly IndexedMessage[]>;
  /** How many messages that conversation has, wherever they are. */
  conversationSize(account: string, conversation: number): Promise<ConversationSize>;
  /** Every message of a row, however many, in no order that means something. */
  members(query: MembersQuery): Promise<readonly number[]>;
  message(account: string, messageId: number): Promise<IndexedMessage | undefined>;
  /** Those of them that have a row, in that order. There are at most 500. */
  messages(account: string, messageIds: readonly number[]): Promise<readonly IndexedMessage[]>;
  /** Messages that are starred, but for trash and junk. */
  starred(accounts: readonly string[]): Promise<number>;
  /** Messages of these accounts that have a row. */
  indexed(accounts: readonly string[]): Promise<number>;
  /** Addresses seen in mail that begin with, or have a word that begins with, this; the most used first. limit is at most 50. */
  addresses(
    accounts: readonly string[],
    prefix: string,
    o: { readonly limit: number },
  ): Promise<readonly MailAddress[]>;
  /** Resolves when what was written before the call shows in lists, or after `withinMs`: then false. */
  caughtUp(account: string, o: { readonly withinMs: number }): Promise<boolean>;
  /** How far behind mail it is, and whether it goes on. */
  state(): IndexState;
  /** Called after `waiting` or `stopped` of it changed. Gives what ends it. */
  onState(listener: () => void): () => void;
  /** Called after rows changed, batched; a row that is new is told once. Gives what ends it. */
  onIndexed(listener: (change: IndexedChange) => void): () => void;
  /** What `doctor` says of it. */
  check(): Promise<readonly Finding[]>;
  /** Before the store it is of. */
  close(): Promise<void>;
}
