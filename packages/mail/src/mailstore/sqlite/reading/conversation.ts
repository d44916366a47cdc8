// The messages of one conversation, wherever they are.
import type { IndexedMessage } from "../../reading-index.ts";
import type { Statements } from "../statements.ts";
import { rowsAt } from "./rows.ts";

export interface ConversationInput {
  readonly account: number;
  readonly conversation: number;
  readonly limit: number;
}

/**
 * The newest so many, oldest first. A conversation is named by any message that was ever first in it: two that were joined
 * are found by both names.
 */
export function conversationOf(db: Statements, o: ConversationInput): readonly IndexedMessage[] {
  const positions = db.all<{ position: number }>(
    `SELECT position FROM entry INDEXED BY entry_conversation WHERE account = ? AND conversation = ?
     ORDER BY position DESC LIMIT ?`,
    o.account,
    conversationNamed(db, o.account, o.conversation),
    o.limit,
  );
  const oldestFirst = positions.map(({ position }) => position).toReversed();
  const messages = rowsAt(db, oldestFirst);
  return oldestFirst.flatMap((position) => messages.get(position) ?? []);
}

/** What it is called now, by any message of it. */
export function conversationNamed(db: Statements, account: number, conversation: number): number {
  const find = "SELECT conversation FROM entry WHERE account = ? AND message_id = ?";
  return db.get<{ conversation: number }>(find, account, conversation)?.conversation ?? conversation;
}
