// What happened to each collected message, kept longer than the message is known.
import type { Database } from "./database.ts";
import { fromOctets, toOctets } from "./message-rows.ts";

/** What the audit keeps, counted from the day a message was stored. */
const AUDIT_MS = 400 * 86_400_000;

export interface AuditRow {
  readonly auditId: number;
  readonly source: string;
  readonly uniqueId: string;
  readonly octets: number;
  readonly sha256: string;
  readonly storedAt: number;
  readonly destinations: readonly string[];
  /** When and why it was removed upstream; undefined while it was not, or nobody knows. */
  readonly removedAt: number | undefined;
  readonly removedWhy: string | undefined;
}

interface StoredRow {
  readonly audit_id: number;
  readonly source: string;
  readonly unique_id: Uint8Array;
  readonly octets: number;
  readonly sha256: string;
  readonly stored_at: number;
  readonly destinations: string;
  readonly removed_at: number | null;
  readonly removed_why: string | null;
}

/** In the order in which messages were stored; `after` is the last row already seen. */
export function readAudit(
  db: Database,
  o: { readonly source?: string; readonly after?: number; readonly limit: number },
): readonly AuditRow[] {
  const source = o.source ?? null;
  const rows = db.all<StoredRow>(
    "SELECT * FROM audit WHERE audit_id > ? AND (? IS NULL OR source = ?) ORDER BY audit_id LIMIT ?",
    o.after ?? 0,
    source,
    source,
    o.limit,
  );
  return rows.map(auditRow);
}

/** Where a row stands among the removals. Neither part of it changes while the row is kept. */
export interface RemovalPlace {
  readonly removedAt: number;
  readonly auditId: number;
}

/** What was removed from a source's server, each once, the last first; `after` is the place of the last row already seen. */
export function readRemovals(
  db: Database,
  o: { readonly source: string; readonly after?: RemovalPlace; readonly limit: number },
): readonly AuditRow[] {
  const rows = db.all<StoredRow>(
    `SELECT * FROM audit WHERE source = ? AND removed_at IS NOT NULL AND stored_again = 0 AND (removed_at, audit_id) < (?, ?)
     ORDER BY removed_at DESC, audit_id DESC LIMIT ?`,
    o.source,
    o.after?.removedAt ?? Number.MAX_SAFE_INTEGER,
    o.after?.auditId ?? Number.MAX_SAFE_INTEGER,
    o.limit,
  );
  return rows.map(auditRow);
}

function auditRow(row: StoredRow): AuditRow {
  return {
    auditId: row.audit_id,
    source: row.source,
    uniqueId: fromOctets(row.unique_id),
    octets: row.octets,
    sha256: row.sha256,
    storedAt: row.stored_at,
    destinations: JSON.parse(row.destinations) as string[],
    removedAt: row.removed_at ?? undefined,
    removedWhy: row.removed_why ?? undefined,
  };
}

/** `id` is the message's row. */
export function auditStored(
  db: Database,
  id: number,
  row: Pick<AuditRow, "source" | "uniqueId" | "octets" | "sha256" | "storedAt" | "destinations">,
): void {
  db.run(
    "INSERT INTO audit (message_id, source, unique_id, octets, sha256, stored_at, destinations) VALUES (?, ?, ?, ?, ?, ?, ?)",
    id,
    row.source,
    toOctets(row.uniqueId),
    row.octets,
    row.sha256,
    row.storedAt,
    JSON.stringify(row.destinations),
  );
}

/**
 * Rows of one message, as often as it was stored as it is now. Those of no message any more are its own when unique-id and
 * octets are: its source was forgotten and collected from again.
 */
const ROWS_OF = `SELECT a.audit_id FROM audit a JOIN message m ON a.message_id = m.message_id AND a.sha256 = m.sha256
     WHERE m.message_id = ?1
   UNION ALL
   SELECT a.audit_id FROM audit a JOIN message m ON m.source = a.source AND m.unique_id = a.unique_id AND m.sha256 = a.sha256
     WHERE m.message_id = ?1 AND a.message_id IS NULL`;

/** Every time this message was stored and not removed since. */
export function auditRemoved(
  db: Database,
  id: number,
  { at, why }: { readonly at: number; readonly why: string },
): void {
  db.run(
    `UPDATE audit SET removed_at = ?2, removed_why = ?3,
       stored_again = audit_id < (SELECT max(audit_id) FROM (${ROWS_OF}))
     WHERE removed_at IS NULL AND audit_id IN (${ROWS_OF})`,
    id,
    at,
    why,
  );
}

/** Takes back what the absence of this message had told. */
export function auditStillThere(db: Database, id: number): void {
  db.run(
    `UPDATE audit SET removed_at = NULL, removed_why = NULL
     WHERE removed_at = (SELECT removed_at FROM message WHERE message_id = ?1) AND audit_id IN (${ROWS_OF})`,
    id,
  );
}

export function forgetOldAudit(db: Database, at: number): void {
  db.run("DELETE FROM audit WHERE stored_at < ?", at - AUDIT_MS);
}
