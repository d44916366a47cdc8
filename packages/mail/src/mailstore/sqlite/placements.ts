// Where messages are: point reads.
import type { Placement } from "../contract.ts";
import { unpackKeywords } from "./folding.ts";
import type { Statements } from "./statements.ts";

const messagesMax = 1_000;

const one = `SELECT p.message_id AS messageId, b.name AS mailbox, p.keywords FROM placement p
  CROSS JOIN mailbox b ON b.mailbox_id = p.mailbox_id WHERE p.account_id = ? AND p.message_id = ?`;

/** Throws RangeError for too many. */
export function placementsOf(db: Statements, account: number, messageIds: readonly number[]): readonly Placement[] {
  if (messageIds.length > messagesMax) throw new RangeError(`at most ${messagesMax} messages are looked up at once`);
  return [...new Set(messageIds)].flatMap((messageId) => {
    const row = db.get<Omit<Placement, "keywords"> & { readonly keywords: string }>(one, account, messageId);
    return row === undefined ? [] : [{ ...row, keywords: unpackKeywords(row.keywords) }];
  });
}
