// Stored messages as rows: how one is read, and how a run of neighbours is read in one statement.
import { PopError, type SurrogateEdit } from "@restante/pop/maildrop";
import type { Snapshot } from "./snapshot.ts";
import type { Statements } from "./statements.ts";
import { readEdits } from "./surrogates.ts";

/** One window of rows read ahead holds at most this. */
const windowOctetsMax = 262_144;
const windowRowsMax = 256;

export interface MessageRow {
  readonly messageId: number;
  readonly octets: number;
  readonly stuffedLines: number;
  readonly headerOctets: number;
  readonly prefix: Uint8Array<ArrayBuffer> | null;
  readonly file: string | null;
  readonly content: Uint8Array<ArrayBuffer> | null;
  /** To be shown with these changes. */
  readonly edits?: readonly SurrogateEdit[];
}

const columns = `m.message_id AS messageId, m.octets, m.stuffed_lines AS stuffedLines, m.header_octets AS headerOctets,
  m.prefix, b.file, b.content`;
const oneMessage = `SELECT ${columns} FROM message m CROSS JOIN body b ON b.body_id = m.body_id WHERE m.account_id = ? AND m.message_id = ?`;
const neighbours = `SELECT ${columns} FROM message m CROSS JOIN body b ON b.body_id = m.body_id
  WHERE m.account_id = ? AND m.message_id BETWEEN ? AND ?`;

/** Throws PopError NO_SUCH_MESSAGE. */
export function readMessageRow(db: Statements, account: number, messageId: number): MessageRow {
  const row = db.get<MessageRow>(oneMessage, account, messageId);
  if (row === undefined) throw new PopError("NO_SUCH_MESSAGE", `account ${account} has no message ${messageId}`);
  return row;
}

/** A few rows read ahead for one maildrop: neighbours in one range cost a third of the same rows one by one. */
export class RowWindow {
  readonly #db: Statements;
  readonly #account: number;
  readonly #snapshot: Snapshot;
  readonly #rows = new Map<number, MessageRow>();
  #octets = 0;
  #lastNumber = 0;

  constructor(db: Statements, account: number, snapshot: Snapshot) {
    this.#db = db;
    this.#account = account;
    this.#snapshot = snapshot;
  }

  get octets(): number {
    return this.#octets;
  }

  /** The row of message numbers[i]; those behind it will be asked for next. Throws PopError STORE_BROKEN when it is not what was listed. */
  take(numbers: readonly number[], i: number): MessageRow {
    const n = numbers[i] as number;
    const messageId = this.#snapshot.messageIdOf(n);
    if (!this.#rows.has(messageId)) this.#fill(numbers, i);
    const row = this.#rows.get(messageId) ?? readMessageRow(this.#db, this.#account, messageId);
    if (this.#rows.delete(messageId)) this.#octets -= row.octets;
    this.#lastNumber = n;
    if (row.octets !== this.#snapshot.keptOctetsOf(n)) {
      throw new PopError(
        "STORE_BROKEN",
        `message ${messageId} of account ${this.#account} is not as long as its maildrop says`,
      );
    }
    return this.#snapshot.isSurrogate(n) ? { ...row, edits: readEdits(this.#db, this.#account, messageId) } : row;
  }

  clear(): void {
    this.#rows.clear();
    this.#octets = 0;
  }

  /** Reads a message and the run behind it: of those asked for, or of the next numbers when the client goes through them in order. */
  #fill(numbers: readonly number[], i: number): void {
    this.clear();
    const n = numbers[i] as number;
    const inOrder = n > 1 && n === this.#lastNumber + 1;
    if (numbers.length - i === 1 && !inOrder) return;
    const run = numbers.length - i > 1 ? this.#run(n, (k) => numbers[i + k]) : this.#run(n, (k) => n + k);
    if (run.count === 1) return;
    const rows = this.#db.all<MessageRow>(neighbours, this.#account, run.first, run.last);
    let octets = 0;
    for (const row of rows) {
      this.#rows.set(row.messageId, row);
      octets += row.octets;
    }
    this.#octets = octets;
    this.#db.countOctets(octets);
  }

  /** How far a range may go: ids that rise with few gaps, a bounded sum of octets. Large messages have no octets in their row. */
  #run(
    n: number,
    next: (i: number) => number | undefined,
  ): { readonly first: number; readonly last: number; readonly count: number } {
    const first = this.#snapshot.messageIdOf(n);
    let octets = this.#snapshot.keptOctetsOf(n);
    let last = first;
    let count = 1;
    while (count < windowRowsMax) {
      const number = next(count);
      if (number === undefined || number > this.#snapshot.count) break;
      const id = this.#snapshot.messageIdOf(number);
      octets += this.#snapshot.keptOctetsOf(number);
      if (id !== last + 1 || octets > windowOctetsMax) break;
      last = id;
      count += 1;
    }
    return { first, last, count };
  }
}
