// What whoever follows an account asks. Each is one range of an index and a bounded number of rows.
import { ChangesForgottenError, type Change, type MailboxCounts, type ReaderQueries } from "../contract.ts";
import { accountNumber } from "./folding.ts";
import type { Statements } from "./statements.ts";

const changesMax = 1_000;

/** The statements, by name, so that a test can look at their plans. */
export const READER_STATEMENTS = {
  counts:
    "SELECT name AS mailbox, role, messages, unread, next_uid - 1 AS lastUid FROM mailbox INDEXED BY mailbox_account WHERE account_id = ? ORDER BY mailbox_id LIMIT 1000",
  progress: "SELECT modseq, change_floor AS floor FROM account WHERE account_id = ? AND removed_at IS NULL",
  changes: `SELECT c.modseq, c.message_id AS messageId, b.name AS mailbox, c.gone FROM change c
    CROSS JOIN mailbox b ON b.mailbox_id = c.mailbox_id
    WHERE c.account_id = ? AND c.modseq > ? ORDER BY c.modseq LIMIT ?`,
} as const;

// oxlint-disable typescript/require-await -- a store on another machine has to wait here, and refusals are rejections
export class SqliteReaderQueries implements ReaderQueries {
  readonly #db: Statements;

  constructor(db: Statements) {
    this.#db = db;
  }

  async counts(account: string): Promise<readonly MailboxCounts[]> {
    type Row = Omit<MailboxCounts, "role"> & { readonly role: MailboxCounts["role"] | null };
    const id = accountNumber(account);
    const rows = id === undefined ? [] : this.#db.all<Row>(READER_STATEMENTS.counts, id);
    return rows.map((row) => ({ ...row, role: row.role ?? undefined }));
  }

  async modseq(account: string): Promise<number> {
    return this.#progress(account).modseq;
  }

  async changesSince(account: string, modseq: number, o: { readonly limit: number }): Promise<readonly Change[]> {
    if (!Number.isInteger(o.limit) || o.limit < 1) throw new RangeError("a limit is a whole number from 1");
    const { id, floor } = this.#progress(account);
    if (id === undefined) return [];
    if (modseq > 0 && modseq < floor) throw new ChangesForgottenError(account, { since: modseq, floor });
    return this.#db
      .all<Omit<Change, "gone"> & { readonly gone: number }>(
        READER_STATEMENTS.changes,
        id,
        modseq,
        Math.min(o.limit, changesMax),
      )
      .map((row) => ({ ...row, gone: row.gone === 1 }));
  }

  /** An account that is not there has nothing. */
  #progress(account: string): { readonly id: number | undefined; readonly modseq: number; readonly floor: number } {
    const id = accountNumber(account);
    const row =
      id === undefined ? undefined : this.#db.get<{ modseq: number; floor: number }>(READER_STATEMENTS.progress, id);
    return row === undefined ? { id: undefined, modseq: 0, floor: 0 } : { id, ...row };
  }
}
