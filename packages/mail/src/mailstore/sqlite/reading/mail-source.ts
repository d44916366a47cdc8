// What the indexing thread reads of mail.db: how far accounts have come, what changed in them, and octets.
import { closeSync, openSync, readSync } from "node:fs";
import { bodyPath } from "../data-directory.ts";
import { readMessageRow } from "../message-rows.ts";
import type { SQLInputValue } from "node:sqlite";
import { Statements } from "../statements.ts";

/** More of a message is not read for the index; what is in the rest is not found. */
const octetsMax = 32 * 1_048_576;

export interface AccountHead {
  readonly account: number;
  readonly uidlEpoch: number;
  readonly modseq: number;
  readonly nextMessageId: number;
  /** Removals up to this modseq may be forgotten. */
  readonly changeFloor: number;
  /** That changed it last. */
  readonly run: number;
}

/** A message as it is now, or that it is gone. */
export type MailItem =
  | { readonly kind: "gone"; readonly messageId: number; readonly modseq: number }
  | {
      readonly kind: "placed";
      readonly messageId: number;
      readonly modseq: number;
      readonly mailbox: MailboxRow;
      readonly keywords: string;
      readonly receivedAt: number;
      readonly octets: number;
      readonly source: string | undefined;
      /** The address it was delivered to; empty when it is not known. */
      readonly address: string;
    };

export interface MailboxRow {
  readonly mailbox: number;
  readonly name: string;
  readonly role: string | undefined;
}

interface Row {
  readonly messageId: number;
  readonly modseq: number;
  readonly mailbox: number | null;
  readonly name: string;
  readonly role: string | null;
  readonly keywords: string;
  readonly receivedAt: number;
  readonly octets: number;
  readonly prefix: Uint8Array | null;
  readonly source: string | null;
}

const headColumns = `account_id AS account, uidl_epoch AS uidlEpoch, modseq, next_message_id AS nextMessageId,
  change_floor AS changeFloor, run`;
const placedColumns = `p.mailbox_id AS mailbox, b.name, b.role, p.keywords, m.received_at AS receivedAt, m.octets, m.prefix,
  (SELECT source FROM fetched f INDEXED BY fetched_message
   WHERE f.account_id = m.account_id AND f.message_id = m.message_id LIMIT 1) AS source`;

export const MAIL_STATEMENTS = {
  heads: `SELECT ${headColumns} FROM account WHERE account_id > ? AND removed_at IS NULL ORDER BY account_id LIMIT ?`,
  head: `SELECT ${headColumns} FROM account WHERE account_id = ? AND removed_at IS NULL`,
  changes: `SELECT c.message_id AS messageId, c.modseq, ${placedColumns} FROM change c
    LEFT JOIN placement p ON p.account_id = c.account_id AND p.message_id = c.message_id AND c.gone = 0
    LEFT JOIN message m ON m.account_id = p.account_id AND m.message_id = p.message_id
    LEFT JOIN mailbox b ON b.mailbox_id = p.mailbox_id
    WHERE c.account_id = ? AND c.modseq > ? ORDER BY c.modseq LIMIT ?`,
  placed: `SELECT p.message_id AS messageId, p.modseq, ${placedColumns} FROM placement p
    CROSS JOIN message m ON m.account_id = p.account_id AND m.message_id = p.message_id
    CROSS JOIN mailbox b ON b.mailbox_id = p.mailbox_id
    WHERE p.account_id = ? AND p.message_id < ? ORDER BY p.message_id DESC LIMIT ?`,
  runBegan: "SELECT modseq FROM history WHERE account_id = ? AND run = ?",
  nextRun: "SELECT modseq FROM history WHERE account_id = ? AND modseq > ? ORDER BY modseq LIMIT 1",
  total: "SELECT ifnull(sum(messages), 0) AS messages FROM account WHERE removed_at IS NULL",
} as const;

/** Its failures are its own: they are no reason to make the index anew, whatever their code says. */
export class MailStatements extends Statements {
  override get<Row extends object>(text: string, ...values: SQLInputValue[]): Row | undefined {
    return failing(() => super.get<Row>(text, ...values));
  }

  override all<Row extends object>(text: string, ...values: SQLInputValue[]): readonly Row[] {
    return failing(() => super.all<Row>(text, ...values));
  }
}

function failing<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Error(`mail.db cannot be read: ${String(cause)}`, { cause });
  }
}

/** Accounts in order, so many after one; undefined at the end. */
export function nextHeads(db: Statements, after: number, limit: number): readonly AccountHead[] {
  return db.all<AccountHead>(MAIL_STATEMENTS.heads, after, limit);
}

export function headOf(db: Statements, account: number): AccountHead | undefined {
  return db.get<AccountHead>(MAIL_STATEMENTS.head, account);
}

/** How far an account had come when `run` had changed it for the last time; undefined when it has no such run in its past. */
export function endOfRun(db: Statements, account: number, run: number): number | undefined {
  // 0 is what came before the first run that is known.
  const began = run === 0 ? -1 : db.get<{ modseq: number }>(MAIL_STATEMENTS.runBegan, account, run)?.modseq;
  return began === undefined ? undefined : db.get<{ modseq: number }>(MAIL_STATEMENTS.nextRun, account, began)?.modseq;
}

/** Messages of all accounts. */
export function totalMessages(db: Statements): number {
  return db.get<{ messages: number }>(MAIL_STATEMENTS.total)?.messages ?? 0;
}

/** In order of modseq. */
export function changedItems(
  db: Statements,
  o: { readonly account: number; readonly since: number; readonly limit: number },
): readonly MailItem[] {
  return db.all<Row>(MAIL_STATEMENTS.changes, o.account, o.since, o.limit).map(toItem);
}

/** Messages that have a place, the newest first. */
export function placedItems(
  db: Statements,
  o: { readonly account: number; readonly below: number; readonly limit: number },
): readonly MailItem[] {
  return db.all<Row>(MAIL_STATEMENTS.placed, o.account, o.below, o.limit).map(toItem);
}

function toItem(row: Row): MailItem {
  const { messageId, modseq, mailbox, name, role, keywords, receivedAt, octets, prefix, source } = row;
  if (mailbox === null) return { kind: "gone", messageId, modseq };
  return {
    kind: "placed",
    messageId,
    modseq,
    mailbox: { mailbox, name, role: role ?? undefined },
    keywords,
    receivedAt,
    octets,
    source: source ?? undefined,
    address: deliveredTo(prefix),
  };
}

/** Of the trace fields that were put before the message here: those in the message itself are anybody's. */
function deliveredTo(prefix: Uint8Array | null): string {
  if (prefix === null) return "";
  return /^Delivered-To: *([^\r\n]{1,320})/im.exec(Buffer.from(prefix).toString("utf8"))?.[1]?.trim() ?? "";
}

/** The first octets of a message, in a buffer of their own. Undefined when they cannot be read. */
export function readOctets(
  db: Statements,
  bodies: string,
  o: { readonly account: number; readonly messageId: number },
): Uint8Array<ArrayBuffer> | undefined {
  try {
    const row = readMessageRow(db, o.account, o.messageId);
    const octets = new Uint8Array(Math.min(row.octets, octetsMax));
    const prefix = row.prefix ?? new Uint8Array(0);
    octets.set(prefix.subarray(0, octets.length));
    const rest = octets.subarray(Math.min(prefix.length, octets.length));
    if (row.content !== null) rest.set(row.content.subarray(0, rest.length));
    else if (row.file !== null) readInto(bodyPath(bodies, row.file), rest);
    return octets;
  } catch {
    return undefined; // Its row says that it cannot be read; `doctor` says why.
  }
}

function readInto(path: string, octets: Uint8Array): void {
  const fd = openSync(path, "r");
  try {
    let at = 0;
    while (at < octets.length) {
      const read = readSync(fd, octets, at, octets.length - at, at);
      if (read === 0) throw new Error(`${path} ends early`);
      at += read;
    }
  } finally {
    closeSync(fd);
  }
}
