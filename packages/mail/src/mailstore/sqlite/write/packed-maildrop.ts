// What POP shows of an account, kept packed so that a login reads a few blobs instead of a row a message.
// A short tail takes new entries; full tails go to the end of the last segment. Removals rewrite only what they touch.
import type { Statements } from "../statements.ts";

export const entryOctets = 16;
const segmentEntriesMax = 1_024;
/** Short, because every delivery writes it anew. */
const tailEntriesMax = 128;
/** A segment with fewer entries joins the one before it when both fit into one. */
const sparseEntries = 256;
/** Positions of one account's segments in the table. */
const segmentsMax = 1_048_576;

export interface PackedEntry {
  readonly messageId: number;
  readonly octets: number;
}

interface Segment {
  readonly segment_id: number;
  readonly entries: Uint8Array;
}

/** First and last possible segment_id of an account. */
export function segmentRange(account: number): readonly [number, number] {
  return [account * segmentsMax, account * segmentsMax + segmentsMax - 1];
}

/** The entries of a blob: message-id and octets in turn. */
export function entriesOf(blob: Uint8Array): Float64Array {
  const aligned = blob.byteOffset % 8 === 0 ? blob : Uint8Array.from(blob);
  return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.length / 8);
}

function pack(entries: readonly PackedEntry[]): Uint8Array {
  const packed = new Float64Array(entries.length * 2);
  entries.forEach(({ messageId, octets }, i) => packed.set([messageId, octets], i * 2));
  return new Uint8Array(packed.buffer);
}

/** Adds entries at the end, in this order. */
export function appendEntries(db: Statements, account: number, entries: readonly PackedEntry[]): void {
  let octets = 0;
  for (const entry of entries) octets += entry.octets;
  const row = db.get<{ tailOctets: number }>(
    `UPDATE maildrop SET version = version + 1, count = count + ?, octets = octets + ?, tail = CAST(tail || ? AS BLOB)
     WHERE account_id = ? RETURNING length(tail) AS tailOctets`,
    entries.length,
    octets,
    pack(entries),
    account,
  );
  if (row === undefined) throw new Error(`account ${account} has no maildrop`);
  if (row.tailOctets >= tailEntriesMax * entryOctets) moveTail(db, account);
}

/** Takes entries out; ids that are not there are passed over. */
export function removeEntries(db: Statements, account: number, messageIds: ReadonlySet<number>): void {
  const removal = new Removal(messageIds);
  const row = db.get<{ tail: Uint8Array }>("SELECT tail FROM maildrop WHERE account_id = ?", account);
  if (row === undefined) throw new Error(`account ${account} has no maildrop`);
  const tail = removal.filter(row.tail);
  for (const segment of removal.finished ? [] : touchedSegments(db, account, messageIds)) {
    if (removal.finished) break;
    const kept = removal.filter(segment.entries);
    if (kept.length < segment.entries.length) shrink(db, account, { segment_id: segment.segment_id, entries: kept });
  }
  if (removal.count === 0) return;
  db.run(
    "UPDATE maildrop SET version = version + 1, count = count - ?, octets = octets - ?, tail = ? WHERE account_id = ?",
    removal.count,
    removal.octets,
    tail,
    account,
  );
}

/** Filters blobs and counts what was taken out. */
class Removal {
  readonly #ids: ReadonlySet<number>;
  count = 0;
  octets = 0;

  constructor(ids: ReadonlySet<number>) {
    this.#ids = ids;
  }

  get finished(): boolean {
    return this.count === this.#ids.size;
  }

  filter(blob: Uint8Array): Uint8Array {
    const entries = entriesOf(blob);
    const kept = new Float64Array(entries.length);
    let to = 0;
    for (let from = 0; from < entries.length; from += 2) {
      const [id, octets] = [entries[from] as number, entries[from + 1] as number];
      if (this.#ids.has(id)) {
        this.count += 1;
        this.octets += octets;
      } else {
        kept[to++] = id;
        kept[to++] = octets;
      }
    }
    return new Uint8Array(kept.buffer, 0, to * 8);
  }
}

/** Segments that may hold one of the ids: ids mostly rise along the segments, so most are passed over unread. */
function touchedSegments(db: Statements, account: number, messageIds: ReadonlySet<number>): readonly Segment[] {
  let lowest = Infinity;
  let highest = 0;
  for (const id of messageIds) {
    if (id < lowest) lowest = id;
    if (id > highest) highest = id;
  }
  return db.all<Segment>(
    `SELECT segment_id, entries FROM maildrop_segment
     WHERE segment_id BETWEEN ? AND ? AND first_id <= ? AND last_id >= ? ORDER BY segment_id`,
    ...segmentRange(account),
    highest,
    lowest,
  );
}

function shrink(db: Statements, account: number, segment: Segment): void {
  const sparse = segment.entries.length < sparseEntries * entryOctets;
  const before = sparse ? segmentBefore(db, account, segment.segment_id) : undefined;
  const room = before === undefined ? 0 : segmentEntriesMax * entryOctets - before.entries.length;
  if (before !== undefined && segment.entries.length <= room) {
    writeSegment(db, { segment_id: before.segment_id, entries: Buffer.concat([before.entries, segment.entries]) });
    db.run("DELETE FROM maildrop_segment WHERE segment_id = ?", segment.segment_id);
  } else {
    writeSegment(db, segment);
  }
}

function segmentBefore(db: Statements, account: number, segmentId: number): Segment | undefined {
  return db.get<Segment>(
    "SELECT segment_id, entries FROM maildrop_segment WHERE segment_id >= ? AND segment_id < ? ORDER BY segment_id DESC LIMIT 1",
    segmentRange(account)[0],
    segmentId,
  );
}

function writeSegment(db: Statements, { segment_id, entries }: Segment): void {
  if (entries.length === 0) {
    db.run("DELETE FROM maildrop_segment WHERE segment_id = ?", segment_id);
    return;
  }
  let first = Infinity;
  let last = 0;
  const numbers = entriesOf(entries);
  for (let i = 0; i < numbers.length; i += 2) {
    const id = numbers[i] as number;
    if (id < first) first = id;
    if (id > last) last = id;
  }
  db.run(
    `INSERT INTO maildrop_segment (segment_id, first_id, last_id, entries) VALUES (?, ?, ?, ?)
     ON CONFLICT (segment_id) DO UPDATE SET first_id = excluded.first_id, last_id = excluded.last_id, entries = excluded.entries`,
    segment_id,
    first,
    last,
    entries,
  );
}

/** The tail is full: its entries go to the last segment while that has room, the rest to new ones. */
function moveTail(db: Statements, account: number): void {
  const row = db.get<{ tail: Uint8Array; next_segment: number }>(
    "SELECT tail, next_segment FROM maildrop WHERE account_id = ?",
    account,
  );
  if (row === undefined) throw new Error(`account ${account} has no maildrop`);
  let next = row.next_segment;
  const last = segmentBefore(db, account, segmentRange(account)[0] + next);
  if (last === undefined) next = 0;
  let rest = row.tail;
  if (last !== undefined && last.entries.length < segmentEntriesMax * entryOctets) {
    const room = segmentEntriesMax * entryOctets - last.entries.length;
    writeSegment(db, { segment_id: last.segment_id, entries: Buffer.concat([last.entries, rest.subarray(0, room)]) });
    rest = rest.subarray(room);
  }
  for (; rest.length > 0; rest = rest.subarray(segmentEntriesMax * entryOctets)) {
    if (next === segmentsMax) throw new Error(`account ${account} has no room for more segments`);
    writeSegment(db, {
      segment_id: segmentRange(account)[0] + next,
      entries: rest.subarray(0, segmentEntriesMax * entryOctets),
    });
    next += 1;
  }
  db.run("UPDATE maildrop SET tail = x'', next_segment = ? WHERE account_id = ?", next, account);
}
