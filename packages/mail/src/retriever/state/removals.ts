// What is to be removed there, and what was: written down before QUIT, and known only with its answer.
import { auditRemoved } from "./audit.ts";
import type { Database } from "./database.ts";

/** Before QUIT: what it is to remove, and why. */
export function marking(
  db: Database,
  rows: readonly { readonly id: number; readonly why: string }[],
  at: number,
): void {
  for (const { id, why } of rows)
    db.run(
      "UPDATE message SET pending_at = ?, pending_why = coalesce(pending_why, ?) WHERE message_id = ?",
      at,
      why,
      id,
    );
}

/** QUIT was answered with +OK. */
export function committed(db: Database, ids: readonly number[], at: number): void {
  for (const id of ids) {
    const row = db.get<{ pending_why: string | null }>("SELECT pending_why FROM message WHERE message_id = ?", id);
    removed(db, id, { at, why: row?.pending_why ?? "" });
  }
}

export function removed(db: Database, id: number, o: { readonly at: number; readonly why: string }): void {
  db.run(
    "UPDATE message SET pending_at = NULL, pending_why = NULL, removed_at = ?, removed_why = ? WHERE message_id = ?",
    o.at,
    o.why,
    id,
  );
  auditRemoved(db, id, o);
}
