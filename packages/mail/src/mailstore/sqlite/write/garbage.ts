// What nobody needs any more goes here, a bounded number of rows a call: trash past its days, octets of messages that
// were removed a day ago, delivery ids of last week, and the mail of removed accounts.
import type { GarbageOutput } from "../jobs.ts";
import type { Statements } from "../statements.ts";
import { AccountEdit } from "./account-edit.ts";
import { dayMs, removeAll } from "./edit-messages.ts";
import { segmentRange } from "./packed-maildrop.ts";

/** No session lives so long (`limits.session`), so whatever it listed is readable to its end. */
const graceMs = dayMs;
const deliveryIdMs = 7 * dayMs;
/** Whoever follows the log may be away for so long without starting anew. */
const tombstoneMs = 30 * dayMs;

interface Limits {
  readonly now: number;
  readonly limit: number;
}

interface MessageKey {
  readonly account_id: number;
  readonly message_id: number;
}

export function garbage(db: Statements, limits: Limits): GarbageOutput {
  const { removed: messages, accounts } = emptyTrash(db, limits);
  const changes = forgetRemovals(db, limits);
  const purged = [...purgeRemoved(db, limits), ...purgeAccounts(db, limits)];
  const files = purged.filter((file) => file !== undefined);
  const deliveryIds = forgetDeliveries(db, limits);
  return { messages, accounts, changes, deliveryIds, bodies: purged.length, files };
}

function emptyTrash(
  db: Statements,
  { now, limit }: Limits,
): { readonly removed: number; readonly accounts: readonly number[] } {
  const rows = db.all<MessageKey>(
    `SELECT t.account_id, t.message_id FROM trashed t JOIN account a USING (account_id)
     WHERE t.expires_at <= ? AND a.removed_at IS NULL ORDER BY t.expires_at LIMIT ?`,
    now,
    limit,
  );
  let removed = 0;
  const accounts = [...new Set(rows.map((row) => row.account_id))];
  for (const account of accounts) {
    const edit = new AccountEdit(db, account);
    const messageIds = rows.filter((row) => row.account_id === account).map((row) => row.message_id);
    removed += removeAll(db, edit, { messageIds, now, by: "trash-days" });
    edit.save();
  }
  return { removed, accounts };
}

function forgetRemovals(db: Statements, { now, limit }: Limits): number {
  const rows = db.all<{ account_id: number; modseq: number }>(
    "SELECT account_id, modseq FROM change WHERE gone_at <= ? ORDER BY gone_at LIMIT ?",
    now - tombstoneMs,
    limit,
  );
  for (const { account_id: account, modseq } of rows) {
    db.run("DELETE FROM change WHERE account_id = ? AND modseq = ?", account, modseq);
    db.run("UPDATE account SET change_floor = max(change_floor, ?) WHERE account_id = ?", modseq, account);
  }
  return rows.length;
}

/** One entry a body that went: its file, or undefined for a row. */
function purgeRemoved(db: Statements, { now, limit }: Limits): readonly (string | undefined)[] {
  const rows = db.all<MessageKey & { removed_at: number }>(
    "SELECT removed_at, account_id, message_id FROM removed WHERE removed_at <= ? ORDER BY removed_at LIMIT ?",
    now - graceMs,
    limit,
  );
  return rows.flatMap((row) => {
    db.run(
      "DELETE FROM removed WHERE removed_at = ? AND account_id = ? AND message_id = ?",
      row.removed_at,
      row.account_id,
      row.message_id,
    );
    return purgeMessage(db, row);
  });
}

function purgeMessage(db: Statements, { account_id, message_id }: MessageKey): readonly (string | undefined)[] {
  const row = db.get<{ body_id: number }>(
    "DELETE FROM message WHERE account_id = ? AND message_id = ? RETURNING body_id",
    account_id,
    message_id,
  );
  if (row === undefined) return [];
  db.run("DELETE FROM surrogate WHERE account_id = ? AND message_id = ?", account_id, message_id);
  const shared = db.get<{ messages: number }>(
    "UPDATE shared_body SET messages = messages - 1 WHERE body_id = ? RETURNING messages",
    row.body_id,
  );
  if (shared !== undefined && shared.messages > 0) return [];
  if (shared !== undefined) db.run("DELETE FROM shared_body WHERE body_id = ?", row.body_id);
  const body = db.get<{ file: string | null }>("DELETE FROM body WHERE body_id = ? RETURNING file", row.body_id);
  return body === undefined ? [] : [body.file ?? undefined];
}

function forgetDeliveries(db: Statements, { now, limit }: Limits): number {
  const oldest = db.all<{ delivered_id: number; at: number }>(
    "SELECT delivered_id, at FROM delivered ORDER BY delivered_id LIMIT ?",
    limit,
  );
  const old = oldest.filter(({ at }) => at <= now - deliveryIdMs);
  for (const { delivered_id: id } of old) db.run("DELETE FROM delivered WHERE delivered_id = ?", id);
  return old.length;
}

function purgeAccounts(db: Statements, { now, limit }: Limits): readonly (string | undefined)[] {
  const account = db.get<{ account_id: number }>(
    "SELECT account_id FROM account WHERE removed_at <= ? LIMIT 1",
    now - graceMs,
  )?.account_id;
  if (account === undefined) return [];
  const keys = db.all<MessageKey>(
    "SELECT account_id, message_id FROM message WHERE account_id = ? LIMIT ?",
    account,
    limit,
  );
  const purged = keys.flatMap((key) => {
    db.run("DELETE FROM placement WHERE account_id = ? AND message_id = ?", account, key.message_id);
    return purgeMessage(db, key);
  });
  if (keys.length < limit && forgetChanges(db, account, limit) === 0) forgetAccount(db, account);
  return purged;
}

function forgetChanges(db: Statements, account: number, limit: number): number {
  const oldest = db.get<{ modseq: number | null }>(
    "SELECT min(modseq) AS modseq FROM change WHERE account_id = ?",
    account,
  )?.modseq;
  if (oldest === undefined || oldest === null) return 0;
  return db.run("DELETE FROM change WHERE account_id = ? AND modseq < ?", account, oldest + limit);
}

/** Its rows in `removed` and `delivered` go in their own time. */
function forgetAccount(db: Statements, account: number): void {
  db.run("DELETE FROM maildrop_segment WHERE segment_id BETWEEN ? AND ?", ...segmentRange(account));
  for (const table of ["maildrop", "trashed", "fetched", "mailbox", "history", "account"]) {
    db.run(`DELETE FROM ${table} WHERE account_id = ?`, account);
  }
}
