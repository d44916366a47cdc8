// Mail that has been in a maildrop for as many days as its account gives it (RFC 2449 §6.7) goes as if a POP client had
// deleted it.
import type { ExpireInput } from "../jobs.ts";
import type { Statements } from "../statements.ts";
import { dayMs, popDelete } from "./edit-messages.ts";

/**
 * Looks at the oldest so many messages of the maildrop; answers how many went. What was moved into INBOX late stands
 * behind younger mail and may stay for longer; nothing goes early.
 */
export function expireMail(db: Statements, { account, limit, now }: ExpireInput): number {
  const policy = db.get<{ days: number; since: number }>(
    `SELECT expire_days AS days, expire_since AS since FROM account
     WHERE account_id = ? AND expire_days > 0 AND removed_at IS NULL`,
    account,
  );
  if (policy === undefined) return 0;
  const before = now - policy.days * dayMs;
  if (policy.since > before) return 0;
  // An import keeps the day a message was received first; it came here when its body did.
  const oldest = db.all<{ message_id: number; since: number }>(
    `SELECT p.message_id, max(m.received_at, o.created_at) AS since
     FROM mailbox b JOIN placement p INDEXED BY placement_uid ON p.mailbox_id = b.mailbox_id
       JOIN message m ON m.account_id = p.account_id AND m.message_id = p.message_id JOIN body o USING (body_id)
     WHERE b.account_id = ? AND b.role = 'inbox' AND p.popped = 0 ORDER BY p.uid LIMIT ?`,
    account,
    limit,
  );
  const messageIds = oldest.filter(({ since }) => since <= before).map((row) => row.message_id);
  if (messageIds.length > 0) popDelete(db, { account, messageIds, now, by: "expiry" });
  return messageIds.length;
}
