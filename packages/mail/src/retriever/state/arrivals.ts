// What became of messages that were fetched, or left: collected, failed, filtered, no news.
import { NAMELESS, type Copy, type MessageState } from "../decide/known.ts";
import { auditStored } from "./audit.ts";
import type { Database } from "./database.ts";
import { toOctets } from "./message-rows.ts";

/** A message as the run found it: its key, and its row when it has one. */
export interface MessageRef {
  readonly id: number | undefined;
  readonly uniqueId: string;
  readonly octets: number;
  readonly keyHash: string;
}

export interface StoredCopy {
  readonly destination: string;
  readonly place: string;
}

export interface CollectedMessage {
  readonly message: MessageRef;
  readonly state: Extract<MessageState, "collected" | "headers-only">;
  /** Undefined: only all its octets tell that it is this message. */
  readonly headerHash: string | undefined;
  readonly sha256: string;
  /** As they came. */
  readonly wireOctets: number;
  readonly copies: readonly StoredCopy[];
  readonly at: number;
  /** Of one that came before as well: when it came first, which is what its age is counted from. */
  readonly collectedAt?: number | undefined;
  /** To be removed there, and why. */
  readonly pendingWhy: string | undefined;
  readonly rule: string | undefined;
}

export interface FailedMessage {
  readonly message: MessageRef;
  /** What was stored before it failed: these destinations have it. */
  readonly copies: readonly StoredCopy[];
  readonly sha256: string | undefined;
  readonly failure: string;
  readonly at: number;
  readonly quarantine: boolean;
  /** False when it was not the message's fault. */
  readonly counts: boolean;
  /** The run lost a connection while it came, for the first time. */
  readonly isLost: boolean;
}

export interface FilteredMessage {
  readonly message: MessageRef;
  readonly headerHash: string | undefined;
  /** The rules it was by. */
  readonly rule: string;
  readonly why: string;
}

export type SeenMessage = Pick<FilteredMessage, "message" | "headerHash">;

/** The message is safely here. Answers its row. */
export function collected(db: Database, source: string, one: CollectedMessage): number {
  const id = rowCollected(db, source, one);
  keepCopies(db, id, one);
  auditStored(db, id, {
    source,
    uniqueId: one.message.uniqueId,
    octets: one.wireOctets,
    sha256: one.sha256,
    storedAt: one.at,
    destinations: one.copies.map(({ destination }) => destination),
  });
  return id;
}

function rowCollected(db: Database, source: string, one: CollectedMessage): number {
  const { id, uniqueId, keyHash } = one.message;
  if (id === undefined) return collectedFirst(db, source, one);
  if (uniqueId !== NAMELESS && followKey(db, id, keyHash)) return collectedAgain(db, id, one);
  // It has a row by what came, or its octets are its key: this one was that its failures were counted in.
  db.run("DELETE FROM message WHERE message_id = ?", id);
  return collectedFirst(db, source, one);
}

/** One statement where there was no row: of all that is written while mail comes in, most is this. */
function collectedFirst(db: Database, source: string, one: CollectedMessage): number {
  const { uniqueId, octets, keyHash } = one.message;
  const row = db.get<{ message_id: number }>(
    `INSERT INTO message (source, unique_id, octets, key_hash, first_seen_at,
       state, header_hash, sha256, collected_at, rule, pending_at, pending_why)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (source, unique_id, octets, key_hash) DO UPDATE SET state = excluded.state, header_hash = excluded.header_hash,
       sha256 = excluded.sha256, collected_at = excluded.collected_at, attempts = 0, lost_runs = 0, failure = NULL, rule = excluded.rule,
       pending_at = excluded.pending_at, pending_why = excluded.pending_why, removed_at = NULL, removed_why = NULL, removed_by_absence = 0,
       missing = 0, missing_since = NULL, again = 0
     RETURNING message_id`,
    source,
    toOctets(uniqueId),
    octets,
    keyHash,
    one.at,
    ...outcomeOf(one),
  );
  if (row === undefined) throw new Error("a message has no row");
  return row.message_id;
}

function collectedAgain(db: Database, id: number, one: CollectedMessage): number {
  const { octets } = one.message;
  // Of what came now nothing says that it is the same under another size.
  db.run(
    "UPDATE OR IGNORE message SET octets = ?1, other_sizes = '[]' WHERE message_id = ?2 AND (octets <> ?1 OR sha256 IS NOT ?3)",
    octets,
    id,
    one.sha256,
  );
  db.run(
    `UPDATE message SET state = ?, header_hash = ?, sha256 = ?, collected_at = ?, rule = ?, pending_at = ?, pending_why = ?,
       attempts = 0, lost_runs = 0, failure = NULL, missing = 0, missing_since = NULL, again = 0
     WHERE message_id = ?`,
    ...outcomeOf(one),
    id,
  );
  // One that comes once more was collected and perhaps removed before: whether it should be there again is a question.
  if (one.collectedAt !== undefined) return id;
  db.run(
    "UPDATE message SET removed_at = NULL, removed_why = NULL, removed_by_absence = 0 WHERE message_id = ? AND removed_at IS NOT NULL",
    id,
  );
  return id;
}

/** Of `state` up to `pending_why`. */
function outcomeOf({ state, headerHash, sha256, at, collectedAt = at, rule, pendingWhy }: CollectedMessage) {
  const pendingAt = pendingWhy === undefined ? null : at;
  return [state, headerHash ?? null, sha256, collectedAt, rule ?? null, pendingAt, pendingWhy ?? null] as const;
}

/** Answers its row. */
export function failed(db: Database, source: string, one: FailedMessage): number {
  const id = rowOf(db, source, one.message, one.at);
  db.run(
    `UPDATE message SET attempts = attempts + ?, lost_runs = lost_runs + ?, failure = ?,
       state = CASE WHEN ? THEN 'quarantined' ELSE state END
     WHERE message_id = ?`,
    one.counts ? 1 : 0,
    one.isLost ? 1 : 0,
    one.failure,
    one.quarantine ? 1 : 0,
    id,
  );
  if (one.sha256 !== undefined) keepCopies(db, id, { copies: one.copies, sha256: one.sha256, at: one.at });
  return id;
}

/** What came may be other mail: they are new, and what is here of them is known as whole, so that the same comes once. */
export function doubt(db: Database, ids: readonly number[]): void {
  db.run(
    `UPDATE message SET state = 'new', sha256 = NULL, collected_at = NULL, pending_at = NULL, pending_why = NULL
     WHERE message_id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(ids),
  );
}

/** A session ended while it was compared with what is here. */
export function lostAt(db: Database, row: number): void {
  db.run("UPDATE message SET lost_runs = lost_runs + 1 WHERE message_id = ?", row);
}

export interface Blame {
  readonly row: number;
  /** What this run lost with it is its fault after all. */
  readonly counts: boolean;
  /** So many failures are enough. */
  readonly after: number;
  /** So many runs in a row that lost a connection at it, too, whosever fault that was. */
  readonly afterLost: number;
}

/** Of a message that connections were lost at. Answers whether it is quarantined for that. */
export function blame(db: Database, { row, counts, after, afterLost }: Blame): boolean {
  const found = db.get<{ readonly state: MessageState }>(
    `UPDATE message SET attempts = attempts + ?1,
       state = CASE WHEN (?1 = 1 AND attempts + 1 >= ?2) OR lost_runs >= ?3 THEN 'quarantined' ELSE state END
     WHERE message_id = ?4 AND state <> 'quarantined' RETURNING state`,
    counts ? 1 : 0,
    after,
    afterLost,
    row,
  );
  return found?.state === "quarantined";
}

/** What failed in this run was not their fault. */
export function excuse(db: Database, rows: readonly number[]): void {
  db.run(
    `UPDATE message SET attempts = max(0, attempts - 1),
       state = CASE WHEN state = 'quarantined' THEN 'new' ELSE state END
     WHERE message_id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(rows),
  );
}

/** It is there and looks like others: from now on it is one of so many. */
export function sighted(db: Database, source: string, message: MessageRef, at: number): number {
  return rowOf(db, source, message, at);
}

/** A filter leaves it there. */
export function filtered(db: Database, source: string, one: FilteredMessage, at: number): void {
  const id = rowOf(db, source, one.message, at);
  // With its header, so that other mail that is given its unique-id is not taken for it.
  db.run(
    "UPDATE message SET state = 'filtered', rule = ?, failure = ?, header_hash = ? WHERE message_id = ?",
    one.rule,
    one.why,
    one.headerHash ?? null,
    id,
  );
}

/** No news any more: never collected, never removed there. False when it was none before. */
export function markSeen(db: Database, source: string, { message, headerHash }: SeenMessage, at: number): boolean {
  const id = rowOf(db, source, message, at);
  const changed = db.run(
    "UPDATE message SET state = 'seen', header_hash = coalesce(?, header_hash) WHERE message_id = ? AND state <> 'collected'",
    headerHash ?? null,
    id,
  );
  return changed > 0;
}

/** It is new again, also where its owner removed it here; of its copies it keeps these. `sha256` is of its header, if that is here. */
export function wantAgain(
  db: Database,
  { id, kept, sha256 }: { readonly id: number; readonly kept: readonly Copy[]; readonly sha256?: string | undefined },
): void {
  db.run(
    "DELETE FROM copy WHERE message_id = ? AND destination NOT IN (SELECT value FROM json_each(?))",
    id,
    JSON.stringify(kept.map(({ destination }) => destination)),
  );
  db.run(
    `UPDATE message SET state = 'new', sha256 = ?, attempts = 0, lost_runs = 0, failure = NULL, rule = NULL, pending_at = NULL, pending_why = NULL,
       removed_at = NULL, removed_why = NULL, removed_by_absence = 0, again = 1 WHERE message_id = ?`,
    sha256 ?? null,
    id,
  );
}

/** The row of a message, made when there is none. */
function rowOf(db: Database, source: string, { id, uniqueId, octets, keyHash }: MessageRef, at: number): number {
  if (id !== undefined) {
    followKey(db, id, keyHash);
    return id;
  }
  const key = [source, toOctets(uniqueId), octets, keyHash] as const;
  db.run(
    "INSERT INTO message (source, unique_id, octets, key_hash, state, first_seen_at) VALUES (?, ?, ?, ?, 'new', ?) ON CONFLICT DO NOTHING",
    ...key,
    at,
  );
  const row = db.get<{ message_id: number }>(
    "SELECT message_id FROM message WHERE source = ? AND unique_id = ? AND octets = ? AND key_hash = ?",
    ...key,
  );
  if (row === undefined) throw new Error("a message has no row");
  return row.message_id;
}

/** It has become one of several, or the other way round: its key follows. False: another row has that key. */
function followKey(db: Database, id: number, keyHash: string): boolean {
  db.run("UPDATE OR IGNORE message SET key_hash = ? WHERE message_id = ? AND key_hash <> ?", keyHash, id, keyHash);
  return db.get("SELECT 1 FROM message WHERE message_id = ? AND key_hash = ?", id, keyHash) !== undefined;
}

function keepCopies(
  db: Database,
  id: number,
  o: { readonly copies: readonly StoredCopy[]; readonly sha256: string; readonly at: number },
): void {
  for (const { destination, place } of o.copies)
    db.run(
      "INSERT OR REPLACE INTO copy (message_id, destination, place, sha256, stored_at) VALUES (?, ?, ?, ?, ?)",
      id,
      destination,
      place,
      o.sha256,
      o.at,
    );
}
