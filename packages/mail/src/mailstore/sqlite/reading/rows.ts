// Rows of the index as callers see them.
import type { MailAddress } from "../../../message/index.ts";
import type { IndexedMessage } from "../../reading-index.ts";
import { unpackKeywords } from "../folding.ts";
import type { Statements } from "../statements.ts";

interface Row {
  readonly account: number;
  readonly messageId: number;
  readonly mailbox: string;
  readonly role: Exclude<IndexedMessage["role"], undefined> | null;
  readonly conversation: number;
  readonly subject: string;
  readonly sender: string;
  readonly recipient: string;
  readonly preview: string;
  readonly sortAt: number;
  readonly receivedAt: number;
  readonly octets: number;
  readonly attachments: number;
  readonly keywords: string;
  readonly source: string | null;
  readonly address: string;
  readonly unreadable: number;
  readonly id: string | null;
}

const columns = `e.account, e.message_id AS messageId, b.name AS mailbox, b.role, e.conversation, e.subject, e.sender,
  e.recipient, e.preview, e.sort_at AS sortAt, e.received_at AS receivedAt, e.octets, e.attachments, e.keywords, e.source,
  e.address, e.unreadable, e.id`;
const from = "FROM entry e CROSS JOIN mailbox b ON b.mailbox = e.mailbox";

export const ROW_STATEMENTS = {
  at: `SELECT e.position, ${columns} FROM json_each(?) c CROSS JOIN entry e ON e.position = c.value
    CROSS JOIN mailbox b ON b.mailbox = e.mailbox`,
  message: `SELECT ${columns} ${from} WHERE e.account = ? AND e.message_id = ?`,
} as const;

/** By position; what is not there is left out. One statement for all of them costs half of one for each. */
export function rowsAt(db: Statements, positions: readonly number[]): ReadonlyMap<number, IndexedMessage> {
  const rows = db.all<Row & { readonly position: number }>(ROW_STATEMENTS.at, JSON.stringify(positions));
  return new Map(rows.map(({ position, ...row }) => [position, toMessage(row)]));
}

export function rowOf(db: Statements, account: number, messageId: number): IndexedMessage | undefined {
  const row = db.get<Row>(ROW_STATEMENTS.message, account, messageId);
  return row === undefined ? undefined : toMessage(row);
}

export function addressesOf(json: string): readonly MailAddress[] {
  return JSON.parse(json) as readonly MailAddress[];
}

function toMessage(row: Row): IndexedMessage {
  const { sender, recipient, keywords, source, address, unreadable, ...rest } = row;
  return {
    ...rest,
    account: String(row.account),
    role: row.role ?? undefined,
    from: addressesOf(sender),
    to: addressesOf(recipient),
    keywords: unpackKeywords(keywords),
    origin: source === null ? { kind: "delivered", name: address } : { kind: "source", name: source },
    isUnreadable: unreadable === 1,
    id: row.id ?? undefined,
  };
}
