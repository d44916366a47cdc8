// What one session sees of a maildrop: entries, and what its unique-ids are made of. Read in one go, never changed.
import { formatUniqueId } from "@restante/pop/maildrop";
import type { Statements } from "./statements.ts";
import { entriesOf, entryOctets, segmentRange } from "./write/packed-maildrop.ts";

/** Unique-ids that were kept from an imported maildrop, by message-id. */
export type UniqueIdOverrides = ReadonlyMap<number, string>;

export interface MaildropHead {
  readonly version: number;
  readonly count: number;
  readonly octets: number;
  readonly fence: number;
  readonly tail: Uint8Array;
  readonly uidlEpoch: number;
  readonly overrides: number;
}

export class Snapshot {
  readonly version: number;
  readonly octets: number;
  readonly count: number;
  /** Message-id and octets of each message in turn. */
  readonly entries: Float64Array;
  readonly #uidlEpoch: number;
  readonly #overrides: UniqueIdOverrides | undefined;

  constructor(head: MaildropHead, entries: Float64Array, overrides: UniqueIdOverrides | undefined) {
    this.version = head.version;
    this.octets = head.octets;
    this.count = head.count;
    this.entries = entries;
    this.#uidlEpoch = head.uidlEpoch;
    this.#overrides = overrides;
  }

  /** n is 1..count; throws RangeError otherwise. */
  messageIdOf(n: number): number {
    return this.#entry(n, 0);
  }

  octetsOf(n: number): number {
    return this.#entry(n, 1);
  }

  uniqueIdOf(n: number): string {
    const messageId = this.#entry(n, 0);
    return this.#overrides?.get(messageId) ?? formatUniqueId({ epoch: this.#uidlEpoch, messageId });
  }

  #entry(n: number, field: 0 | 1): number {
    const value = Number.isInteger(n) && n >= 1 ? this.entries[(n - 1) * 2 + field] : undefined;
    if (value === undefined) throw new RangeError(`no message ${n} among ${this.count}`);
    return value;
  }
}

const headQuery = `SELECT d.version, d.count, d.octets, d.fence, d.tail, a.uidl_epoch AS uidlEpoch, a.overrides
  FROM maildrop d JOIN account a USING (account_id) WHERE d.account_id = ? AND a.removed_at IS NULL`;

/** One row: all there is to a maildrop of few messages. */
export function readHead(db: Statements, account: number): MaildropHead | undefined {
  return db.get<MaildropHead>(headQuery, account);
}

/** All entries: the segments, then the tail. The caller sees to it that head and segments are of one state. */
export function readEntries(db: Statements, account: number, head: MaildropHead): Float64Array {
  if (head.tail.length === head.count * entryOctets) return entriesOf(head.tail);
  const entries = new Float64Array(head.count * 2);
  let at = 0;
  const add = (blob: Uint8Array): void => {
    const part = entriesOf(blob);
    if (at + part.length > entries.length) throw new Error(`maildrop ${account} has more entries than its count`);
    entries.set(part, at);
    at += part.length;
  };
  const query = "SELECT entries FROM maildrop_segment WHERE segment_id BETWEEN ? AND ? ORDER BY segment_id";
  for (const { entries: blob } of db.iterate<{ entries: Uint8Array }>(query, ...segmentRange(account))) add(blob);
  add(head.tail);
  db.countOctets(at * 8);
  if (at !== entries.length) throw new Error(`maildrop ${account} has fewer entries than its count`);
  return entries;
}

export function readOverrides(db: Statements, account: number): UniqueIdOverrides {
  const query = "SELECT message_id, unique_id FROM message WHERE account_id = ? AND unique_id IS NOT NULL";
  const overrides = new Map<number, string>();
  for (const row of db.iterate<{ message_id: number; unique_id: string }>(query, account)) overrides.set(row.message_id, row.unique_id);
  return overrides;
}
