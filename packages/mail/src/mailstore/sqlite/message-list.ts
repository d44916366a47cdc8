// Pages of an account's messages in order of message-id, for export.
import type { StoredMessage } from "../contract.ts";
import { unpackKeywords } from "./folding.ts";
import { formatUniqueId } from "@restante/pop/maildrop";
import type { Statements } from "./statements.ts";

export interface ListMessages {
  readonly account: number;
  readonly after: number;
  readonly limit: number;
}

export type ListedMessage = StoredMessage;

interface Row {
  readonly messageId: number;
  readonly octets: number;
  readonly mailbox: string;
  readonly receivedAt: number;
  readonly keywords: string;
  readonly uniqueId: string | null;
  readonly epoch: number;
}

const query = `SELECT p.message_id AS messageId, m.octets, b.name AS mailbox, m.received_at AS receivedAt, p.keywords,
    m.unique_id AS uniqueId, a.uidl_epoch AS epoch
  FROM account a
  CROSS JOIN placement p ON p.account_id = a.account_id
  CROSS JOIN message m ON m.account_id = p.account_id AND m.message_id = p.message_id
  CROSS JOIN mailbox b ON b.mailbox_id = p.mailbox_id
  WHERE a.account_id = ? AND a.removed_at IS NULL AND p.message_id > ? ORDER BY p.message_id LIMIT ?`;

export function listMessages(db: Statements, { account, after, limit }: ListMessages): readonly ListedMessage[] {
  return db
    .all<Row>(query, account, after, limit)
    .map(({ messageId, octets, mailbox, receivedAt, keywords, uniqueId, epoch }) => ({
      messageId,
      uniqueId: uniqueId ?? formatUniqueId({ epoch, messageId }),
      octets,
      mailbox,
      receivedAt,
      keywords: unpackKeywords(keywords),
    }));
}
