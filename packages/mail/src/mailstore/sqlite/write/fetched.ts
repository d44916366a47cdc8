// Rows of collected messages: written with the message, kept when it goes.
import type { PlaceInput } from "../jobs.ts";
import type { Statements } from "../statements.ts";

type Row = { readonly message_id: number; readonly removed_at: number | null };

/** The message this one was placed as before; undefined for one that is to be placed. */
export function fetchedBefore(db: Statements, { account, fetched }: PlaceInput): number | undefined {
  if (fetched === undefined) return undefined;
  const row = db.get<Row>(
    "SELECT message_id, removed_at FROM fetched WHERE account_id = ? AND source = ? AND unique_id = ? AND sha256 = ?",
    account,
    fetched.source,
    fetched.uniqueId,
    fetched.sha256,
  );
  return row === undefined || (row.removed_at !== null && fetched.again) ? undefined : row.message_id;
}

export function rememberFetched(db: Statements, { account, fetched, now }: PlaceInput, messageId: number): void {
  if (fetched === undefined) return;
  db.run(
    `INSERT OR REPLACE INTO fetched (account_id, source, unique_id, sha256, message_id, fetched_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
    account,
    fetched.source,
    fetched.uniqueId,
    fetched.sha256,
    messageId,
    now,
  );
}

/** Its owner removed the message: from now on that is known, and not only that it is not there. */
export function buryFetched(
  db: Statements,
  o: { readonly account: number; readonly messageId: number; readonly now: number },
): void {
  db.run("UPDATE fetched SET removed_at = ? WHERE account_id = ? AND message_id = ?", o.now, o.account, o.messageId);
}
