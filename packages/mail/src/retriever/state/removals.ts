// What is to be removed there, and what was: written down before QUIT, and known only with its answer.
import { auditRemoved, auditStillThere } from "./audit.ts";
import type { Database } from "./database.ts";

/** Before QUIT: what it is to remove, and why. */
export function marking(
  db: Database,
  rows: readonly { readonly id: number; readonly why: string }[],
  at: number,
): void {
  for (const { id, why } of rows)
    db.run("UPDATE message SET pending_at = ?, pending_why = ? WHERE message_id = ?", at, why, id);
}

/** Nobody wants these removed any more, and they are there. */
export function withdraw(db: Database, ids: readonly number[]): void {
  for (const id of ids) db.run("UPDATE message SET pending_at = NULL, pending_why = NULL WHERE message_id = ?", id);
}

/** QUIT was answered with +OK. */
export function committed(db: Database, ids: readonly number[], at: number): void {
  for (const id of ids) {
    const row = db.get<{ pending_why: string | null }>("SELECT pending_why FROM message WHERE message_id = ?", id);
    removed(db, id, { at, why: row?.pending_why ?? "" });
  }
}

export interface Removal {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly why: string;
  /** A listing without it told, and no answer to QUIT. */
  readonly byAbsence?: boolean;
}

export function removed(db: Database, id: number, { at, why, byAbsence = false }: Removal): void {
  db.run(
    `UPDATE message SET pending_at = NULL, pending_why = NULL, removed_at = ?, removed_why = ?, removed_by_absence = ?
     WHERE message_id = ?`,
    at,
    why,
    byAbsence ? 1 : 0,
    id,
  );
  auditRemoved(db, id, { at, why });
}

/** It is there, though its absence had told that it was removed: its removal is as unconfirmed as it was. Safe twice. */
export function stillThere(db: Database, id: number): void {
  auditStillThere(db, id);
  db.run(
    `UPDATE message SET pending_at = removed_at, pending_why = removed_why, removed_at = NULL, removed_why = NULL,
       removed_by_absence = 0 WHERE message_id = ? AND removed_at IS NOT NULL`,
    id,
  );
}

/** It was removed and is there again, and somebody said that this is right: from now on it is a message that is there. */
export function thereAgain(db: Database, id: number): void {
  db.run("UPDATE message SET removed_at = NULL, removed_why = NULL WHERE message_id = ?", id);
}
