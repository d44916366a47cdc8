// The web reader's four queries. Each is one range of an index and a bounded number of rows.
import type { Change, MailboxCounts, MessageRow, ReaderQueries } from "../contract.ts";
import { accountNumber, mailboxName, unpackKeywords } from "./folding.ts";
import type { Statements } from "./statements.ts";

const rowsMax = 200;
const changesMax = 1_000;

type Packed<Row> = Omit<Row, "keywords"> & { readonly keywords: string };

const columns = `p.message_id AS messageId, p.uid, m.conversation, m.octets, m.received_at AS receivedAt, p.modseq, p.keywords`;
const messageOf = "CROSS JOIN message m ON m.account_id = p.account_id AND m.message_id = p.message_id";
const placementOf = "CROSS JOIN placement p ON p.account_id = m.account_id AND p.message_id = m.message_id";

/** The statements, by name, so that a test can look at their plans. */
export const READER_STATEMENTS = {
  mailbox: "SELECT mailbox_id AS id FROM mailbox WHERE account_id = ? AND name = ?",
  page: `SELECT ${columns} FROM placement p INDEXED BY placement_uid ${messageOf}
    WHERE p.mailbox_id = ? AND p.uid < ? ORDER BY p.uid DESC LIMIT ?`,
  counts:
    "SELECT name AS mailbox, role, messages, unread FROM mailbox INDEXED BY mailbox_account WHERE account_id = ? ORDER BY mailbox_id LIMIT 1000",
  // Its first message, and those that joined it: in order of message-id, which is the order they came in.
  conversationRoot: `SELECT ${columns} FROM message m ${placementOf} WHERE m.account_id = ? AND m.message_id = ? AND m.conversation = m.message_id`,
  conversationRest: `SELECT ${columns} FROM message m INDEXED BY message_conversation ${placementOf}
    WHERE m.account_id = ? AND m.conversation = ? AND m.conversation <> m.message_id ORDER BY m.message_id LIMIT ?`,
  changes: `SELECT c.modseq, c.message_id AS messageId, b.name AS mailbox, c.gone FROM change c
    CROSS JOIN mailbox b ON b.mailbox_id = c.mailbox_id
    WHERE c.account_id = ? AND c.modseq > ? ORDER BY c.modseq LIMIT ?`,
} as const;

export class SqliteReaderQueries implements ReaderQueries {
  readonly #db: Statements;

  constructor(db: Statements) {
    this.#db = db;
  }

  page(
    account: string,
    mailbox: string,
    o: { readonly before?: number; readonly limit: number },
  ): Promise<readonly MessageRow[]> {
    return answer(account, (id) => {
      const limit = bounded(o.limit, rowsMax);
      const found = this.#db.get<{ id: number }>(READER_STATEMENTS.mailbox, id, mailboxName(mailbox));
      return found === undefined
        ? []
        : this.#rows(READER_STATEMENTS.page, found.id, o.before ?? Number.MAX_SAFE_INTEGER, limit);
    });
  }

  counts(account: string): Promise<readonly MailboxCounts[]> {
    return answer(account, (id) =>
      this.#db
        .all<Omit<MailboxCounts, "role"> & { readonly role: MailboxCounts["role"] | null }>(
          READER_STATEMENTS.counts,
          id,
        )
        .map((row) => ({
          ...row,
          role: row.role ?? undefined,
        })),
    );
  }

  conversation(account: string, conversation: number, o: { readonly limit: number }): Promise<readonly MessageRow[]> {
    return answer(account, (id) => {
      const limit = bounded(o.limit, rowsMax);
      const root = this.#rows(READER_STATEMENTS.conversationRoot, id, conversation);
      return [...root, ...this.#rows(READER_STATEMENTS.conversationRest, id, conversation, limit)].slice(0, limit);
    });
  }

  changesSince(account: string, modseq: number, o: { readonly limit: number }): Promise<readonly Change[]> {
    return answer(account, (id) =>
      this.#db
        .all<Omit<Change, "gone"> & { readonly gone: number }>(
          READER_STATEMENTS.changes,
          id,
          modseq,
          bounded(o.limit, changesMax),
        )
        .map((row) => ({ ...row, gone: row.gone === 1 })),
    );
  }

  #rows(statement: string, ...values: number[]): readonly MessageRow[] {
    return this.#db
      .all<Packed<MessageRow>>(statement, ...values)
      .map((row) => ({ ...row, keywords: unpackKeywords(row.keywords) }));
  }
}

/** Refusals are rejections, and an account that is not there has nothing. */
// oxlint-disable-next-line typescript/require-await -- a store on another machine has to wait here
async function answer<T>(account: string, read: (account: number) => readonly T[]): Promise<readonly T[]> {
  const id = accountNumber(account);
  return id === undefined ? [] : read(id);
}

function bounded(limit: number, max: number): number {
  if (!Number.isInteger(limit) || limit < 1) throw new RangeError("a limit is a whole number from 1");
  return Math.min(limit, max);
}
