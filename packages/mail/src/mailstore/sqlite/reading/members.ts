// What of one conversation is in a list: all of it, some at a time, where a row names only the newest.
import type { ConversationSize } from "../../reading-index.ts";
import type { Statements } from "../statements.ts";
import { conversationNamed } from "./conversation.ts";
import { membersOf, rangesOf, type ListedMail } from "./ranges.ts";

export interface MembersInput extends Omit<ListedMail, "accounts" | "view"> {
  readonly account: number;
  readonly conversation: number;
  readonly upTo: number;
  /** The last one of the page before. */
  readonly after: MemberPlace;
  readonly limit: number;
}

/** In the order of the index, so that a page costs what it gives. */
export interface MemberPlace {
  readonly mailbox: number;
  readonly position: number;
}

export interface MembersOutput {
  readonly messageIds: readonly number[];
  /** Undefined at the end. */
  readonly next: MemberPlace | undefined;
}

export const FIRST_MEMBER: MemberPlace = { mailbox: 0, position: -1 };

type Row = readonly [messageId: number, mailbox: number, position: number];

export function membersPage(db: Statements, input: MembersInput): MembersOutput {
  const { account, upTo, after, limit } = input;
  const conversation = conversationNamed(db, account, input.conversation);
  const found: Row[] = [];
  for (const range of rangesOf(db, { ...input, accounts: [account], view: "conversations" })) {
    const text = `SELECT e.message_id, e.mailbox, e.position ${membersOf(range)} AND e.message_id <= ?
      AND (e.mailbox, e.position) > (?, ?) ORDER BY e.mailbox, e.position LIMIT ?`;
    const values = [...range.values, account, conversation, upTo, after.mailbox, after.position, limit];
    found.push(...db.tuples<Row>(text, ...values));
  }
  const page = found.toSorted(([, a, c], [, b, d]) => a - b || c - d).slice(0, limit);
  const [, mailbox = 0, position = 0] = page.at(-1) ?? [];
  return {
    messageIds: page.map(([messageId]) => messageId),
    next: page.length < limit ? undefined : { mailbox, position },
  };
}

export function conversationSize(
  db: Statements,
  o: { readonly account: number; readonly conversation: number },
): ConversationSize {
  const find = `SELECT count(*) AS messages, ifnull(max(e.message_id), 0) AS upTo,
    count(CASE WHEN b.role IN ('trash', 'junk') THEN NULL ELSE 1 END) AS kept
    FROM entry e INDEXED BY entry_conversation CROSS JOIN mailbox b ON b.mailbox = e.mailbox
    WHERE e.account = ? AND e.conversation = ?`;
  const size = db.get<ConversationSize>(find, o.account, conversationNamed(db, o.account, o.conversation));
  return size ?? { messages: 0, kept: 0, upTo: 0 };
}
