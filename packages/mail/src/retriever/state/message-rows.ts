// Messages as the database has them.
import type { Copy, KnownMessage, MessageState } from "../decide/known.ts";
import type { Database } from "./database.ts";

interface MessageRow {
  readonly message_id: number;
  readonly unique_id: Uint8Array;
  readonly octets: number;
  readonly other_sizes: string;
  readonly key_hash: string;
  readonly state: MessageState;
  readonly header_hash: string | null;
  readonly sha256: string | null;
  readonly first_seen_at: number;
  readonly collected_at: number | null;
  readonly attempts: number;
  readonly lost_runs: number;
  readonly failure: string | null;
  readonly rule: string | null;
  readonly pending_at: number | null;
  readonly pending_why: string | null;
  readonly removed_at: number | null;
  readonly removed_why: string | null;
  readonly removed_by_absence: number;
  readonly missing: number;
  readonly missing_since: number | null;
  readonly again: number;
}

interface CopyRow extends Copy {
  readonly message_id: number;
}

/** Where what is remembered of a source was put. */
export function readDestinations(db: Database, source: string): readonly string[] {
  return db
    .all<Pick<Copy, "destination">>(
      "SELECT DISTINCT c.destination FROM copy c JOIN message m USING (message_id) WHERE m.source = ?",
      source,
    )
    .map(({ destination }) => destination);
}

export function readMessages(db: Database, source: string): readonly KnownMessage[] {
  const copies = db.all<CopyRow>(
    `SELECT c.message_id, c.destination, c.place, c.sha256 FROM copy c JOIN message m USING (message_id)
     WHERE m.source = ? ORDER BY c.message_id`,
    source,
  );
  return withCopies(db.all("SELECT * FROM message WHERE source = ? ORDER BY message_id", source), copies);
}

/** Of all messages of a source, in the order in which they were first seen. */
export function readMessageIds(db: Database, source: string): readonly number[] {
  return db
    .all<Pick<MessageRow, "message_id">>("SELECT message_id FROM message WHERE source = ? ORDER BY message_id", source)
    .map(({ message_id: id }) => id);
}

/** Some of them, looked up. */
export function readMessagesOf(db: Database, ids: readonly number[]): readonly KnownMessage[] {
  const rows = db.all<MessageRow>(
    "SELECT * FROM message WHERE message_id IN (SELECT value FROM json_each(?)) ORDER BY message_id",
    JSON.stringify(ids),
  );
  const copies = db.all<CopyRow>(
    `SELECT message_id, destination, place, sha256 FROM copy WHERE message_id IN (SELECT value FROM json_each(?))
     ORDER BY message_id`,
    JSON.stringify(ids),
  );
  return withCopies(rows, copies);
}

/** Those that were put into one of these places of whichever destination: looked up, not read through. */
export function readMessagesAt(db: Database, source: string, places: readonly string[]): readonly KnownMessage[] {
  // The + leaves the index of the source's messages out, which are many.
  const rows = db.all<Pick<MessageRow, "message_id">>(
    `SELECT message_id FROM message
     WHERE message_id IN (SELECT message_id FROM copy WHERE place IN (SELECT value FROM json_each(?))) AND +source = ?`,
    JSON.stringify(places),
    source,
  );
  return readMessagesOf(
    db,
    rows.map(({ message_id: id }) => id),
  );
}

function withCopies(rows: readonly MessageRow[], copyRows: readonly CopyRow[]): readonly KnownMessage[] {
  const copies = new Map<number, Copy[]>();
  for (const { message_id: id, destination, place, sha256 } of copyRows)
    copies.set(id, [...(copies.get(id) ?? []), { destination, place, sha256 }]);
  return rows.map((row) => toKnown(row, copies.get(row.message_id) ?? []));
}

function toKnown(row: MessageRow, copies: readonly Copy[]): KnownMessage {
  return {
    id: row.message_id,
    uniqueId: fromOctets(row.unique_id),
    octets: row.octets,
    otherSizes: JSON.parse(row.other_sizes) as readonly number[],
    keyHash: row.key_hash,
    state: row.state,
    headerHash: row.header_hash ?? undefined,
    sha256: row.sha256 ?? undefined,
    firstSeenAt: row.first_seen_at,
    collectedAt: row.collected_at ?? undefined,
    attempts: row.attempts,
    lostRuns: row.lost_runs,
    failure: row.failure ?? undefined,
    rule: row.rule ?? undefined,
    pending: row.pending_at === null ? undefined : { at: row.pending_at, why: row.pending_why ?? "" },
    removedAt: row.removed_at ?? undefined,
    inferred: row.removed_at === null || row.removed_by_absence === 0 ? undefined : (row.removed_why ?? ""),
    missing: row.missing,
    missingSince: row.missing_since ?? undefined,
    again: row.again === 1,
    copies,
  };
}

/** Unique-ids are octets, kept as octets. */
export function toOctets(uniqueId: string): Uint8Array {
  return Uint8Array.from(Buffer.from(uniqueId, "latin1"));
}

export function fromOctets(octets: Uint8Array): string {
  return Buffer.from(octets).toString("latin1");
}
