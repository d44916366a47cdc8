// What one session sees of a maildrop: entries, and what its unique-ids are made of. Read in one go, never changed.
import { formatUniqueId } from "@restante/pop/maildrop";
import { freeMemory } from "./free-memory.ts";
import type { Statements } from "./statements.ts";
import type { SurrogateSizes } from "./surrogates.ts";
import { entriesOf, entryOctets, segmentRange } from "./write/packed-maildrop.ts";

/** Half a MiB, read in a fraction of a millisecond. */
export const segmentsAtOnce = 32;

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
  readonly surrogates: number;
}

/** What a snapshot says of itself beside its entries. */
export type SnapshotHead = Pick<MaildropHead, "version" | "count" | "octets" | "uidlEpoch">;

export class Snapshot {
  readonly version: number;
  readonly octets: number;
  readonly count: number;
  /** Message-id and octets of each message in turn. */
  readonly entries: Float64Array;
  readonly #uidlEpoch: number;
  readonly #overrides: UniqueIdOverrides | undefined;
  readonly #surrogates: SurrogateSizes | undefined;

  constructor(
    head: SnapshotHead,
    entries: Float64Array,
    o: { readonly overrides: UniqueIdOverrides | undefined; readonly surrogates: SurrogateSizes | undefined },
  ) {
    this.version = head.version;
    this.count = head.count;
    this.entries = entries;
    this.#uidlEpoch = head.uidlEpoch;
    this.#overrides = o.overrides;
    this.#surrogates = o.surrogates;
    this.octets = head.octets + (o.surrogates === undefined ? 0 : differenceOf(entries, o.surrogates));
  }

  /** n is 1..count; throws RangeError otherwise. */
  messageIdOf(n: number): number {
    return this.#entry(n, 0);
  }

  /** As shown: of its surrogate, where that is asked for. */
  octetsOf(n: number): number {
    return this.#surrogates?.get(this.#entry(n, 0)) ?? this.#entry(n, 1);
  }

  /** Of the message as it was received. */
  keptOctetsOf(n: number): number {
    return this.#entry(n, 1);
  }

  isSurrogate(n: number): boolean {
    return this.#surrogates?.has(this.#entry(n, 0)) ?? false;
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

/** Octets that surrogates have more than their messages, in sum. */
function differenceOf(entries: Float64Array, surrogates: SurrogateSizes): number {
  let difference = 0;
  for (let i = 0; i < entries.length; i += 2) {
    const octets = surrogates.get(entries[i] as number);
    if (octets !== undefined) difference += octets - (entries[i + 1] as number);
  }
  return difference;
}

const headQuery = `SELECT d.version, d.count, d.octets, d.fence, d.tail, a.uidl_epoch AS uidlEpoch, a.overrides,
    a.surrogates
  FROM maildrop d JOIN account a USING (account_id) WHERE d.account_id = ? AND a.removed_at IS NULL`;

/** One row: all there is to a maildrop of few messages. */
export function readHead(db: Statements, account: number): MaildropHead | undefined {
  return db.get<MaildropHead>(headQuery, account);
}

/** Puts entries together from the segments, in order, and then the tail. */
export class EntriesReader {
  readonly #db: Statements;
  readonly #account: number;
  readonly #head: MaildropHead;
  readonly #entries: Float64Array;
  #at = 0;
  #lastSegment: number;

  constructor(db: Statements, account: number, head: MaildropHead) {
    this.#db = db;
    this.#account = account;
    this.#head = head;
    this.#entries = new Float64Array(head.count * 2);
    this.#lastSegment = segmentRange(account)[0] - 1;
  }

  /** Reads so many segments more; false when there are no others. */
  readSegments(limit: number): boolean {
    const query = `SELECT segment_id, entries FROM maildrop_segment WHERE segment_id > ? AND segment_id <= ?
      ORDER BY segment_id LIMIT ?`;
    const last = segmentRange(this.#account)[1];
    const rows = this.#db.all<{ segment_id: number; entries: Uint8Array<ArrayBuffer> }>(
      query,
      this.#lastSegment,
      last,
      limit,
    );
    const before = this.#at;
    for (const { segment_id, entries } of rows) {
      this.#add(entries);
      freeMemory(entries);
      this.#lastSegment = segment_id;
    }
    this.#db.countOctets((this.#at - before) * 8);
    return rows.length === limit;
  }

  /** Throws when head and segments are not of one state. */
  finish(): Float64Array {
    this.#add(this.#head.tail);
    if (this.#at !== this.#entries.length)
      throw new Error(`maildrop ${this.#account} has fewer entries than its count`);
    return this.#entries;
  }

  #add(blob: Uint8Array): void {
    const part = entriesOf(blob);
    if (this.#at + part.length > this.#entries.length)
      throw new Error(`maildrop ${this.#account} has more entries than its count`);
    this.#entries.set(part, this.#at);
    this.#at += part.length;
  }
}

/** All that a small maildrop has: its tail. Undefined when there are segments. */
export function entriesInTail(head: MaildropHead): Float64Array | undefined {
  return head.tail.length === head.count * entryOctets ? entriesOf(head.tail) : undefined;
}

/** All entries at once. The caller sees to it that head and segments are of one state, and that this may take its time. */
export function readEntries(db: Statements, account: number, head: MaildropHead): Float64Array {
  const reader = new EntriesReader(db, account, head);
  while (reader.readSegments(segmentsAtOnce));
  return reader.finish();
}

export function readOverrides(db: Statements, account: number): UniqueIdOverrides {
  const query = "SELECT message_id, unique_id FROM message WHERE account_id = ? AND unique_id IS NOT NULL";
  const overrides = new Map<number, string>();
  for (const row of db.iterate<{ message_id: number; unique_id: string }>(query, account))
    overrides.set(row.message_id, row.unique_id);
  return overrides;
}
