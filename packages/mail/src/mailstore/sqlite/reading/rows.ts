// Rows of the index as callers see them.
import type { MailAddress } from "../../../message/index.ts";
import type { IndexedMessage } from "../../reading-index.ts";
import { unpackKeywords } from "../folding.ts";
import type { Statements } from "../statements.ts";

/** As `columns` has them. */
type Row = readonly [
  position: number,
  account: number,
  messageId: number,
  mailbox: string,
  role: Exclude<IndexedMessage["role"], undefined> | null,
  conversation: number,
  subject: string,
  sender: string,
  recipient: string,
  preview: string,
  sortAt: number,
  receivedAt: number,
  octets: number,
  attachments: number,
  keywords: string,
  source: string | null,
  address: string,
  unreadable: number,
  id: string | null,
];

const columns = `e.position, e.account, e.message_id, b.name, b.role, e.conversation, e.subject, e.sender, e.recipient, e.preview,
  e.sort_at, e.received_at, e.octets, e.attachments, e.keywords, e.source, e.address, e.unreadable, e.id`;

export const ROW_STATEMENTS = {
  at: `SELECT ${columns} FROM json_each(?) c CROSS JOIN entry e ON e.position = c.value
    CROSS JOIN mailbox b ON b.mailbox = e.mailbox`,
  message: `SELECT ${columns} FROM entry e CROSS JOIN mailbox b ON b.mailbox = e.mailbox
    WHERE e.account = ? AND e.message_id = ?`,
} as const;

/** By position; what is not there is left out. One statement for all of them costs two thirds of one for each. */
export function rowsAt(db: Statements, positions: readonly number[]): ReadonlyMap<number, IndexedMessage> {
  const rows = db.tuples<Row>(ROW_STATEMENTS.at, JSON.stringify(positions));
  return new Map(rows.map((row) => [row[0], toMessage(row)]));
}

export function rowOf(db: Statements, account: number, messageId: number): IndexedMessage | undefined {
  const [row] = db.tuples<Row>(ROW_STATEMENTS.message, account, messageId);
  return row === undefined ? undefined : toMessage(row);
}

export function addressesOf(json: string): readonly MailAddress[] {
  return JSON.parse(json) as readonly MailAddress[];
}

function toMessage(row: Row): IndexedMessage {
  const [
    ,
    account,
    messageId,
    mailbox,
    role,
    conversation,
    subject,
    sender,
    recipient,
    preview,
    sortAt,
    receivedAt,
    octets,
    attachments,
    keywords,
    source,
    address,
    unreadable,
    id,
  ] = row;
  return {
    account: String(account),
    messageId,
    mailbox,
    role: role ?? undefined,
    conversation,
    subject,
    from: addressesOf(sender),
    to: addressesOf(recipient),
    preview,
    sortAt,
    receivedAt,
    octets,
    attachments,
    keywords: unpackKeywords(keywords),
    origin: source === null ? { kind: "delivered", name: address } : { kind: "source", name: source },
    isUnreadable: unreadable === 1,
    id: id ?? undefined,
  };
}
