// The durable half of a session's lease: the epoch of the store, the fence of a maildrop, and QUIT itself.
import { PopError } from "@restante/pop/maildrop";
import type { CommitInput } from "../jobs.ts";
import type { Statements } from "../statements.ts";
import { popDelete } from "./edit-messages.ts";

/** An owner starts. One that did not stop cleanly before may have left leases: a new epoch voids them. */
export function start(db: Statements): number {
  const row = db.get<{ epoch: number }>(
    `UPDATE store SET epoch = epoch + (1 - clean), clean = 0, run = abs(random() % ${Number.MAX_SAFE_INTEGER}) + 1
     RETURNING epoch`,
  );
  if (row === undefined) throw new PopError("STORE_BROKEN", "the table store is empty");
  return row.epoch;
}

export function stop(db: Statements): void {
  db.run("UPDATE store SET clean = 1");
}

export function fence(db: Statements, { account }: { readonly account: number }): number {
  const row = db.get<{ fence: number }>(
    "UPDATE maildrop SET fence = fence + 1 WHERE account_id = ? RETURNING fence",
    account,
  );
  if (row === undefined) throw new PopError("NO_SUCH_ACCOUNT", `no account ${account}`);
  return row.fence;
}

/** QUIT (RFC 1939 §6): one transaction that checks the lease and removes. Asked again with its token it answers the same. */
export function commit(db: Statements, { lease, messageIds, now }: CommitInput): "done" | "lost-lease" {
  const { account, token } = lease;
  const row = db.get<{ epoch: number; fence: number; last_commit: string | null; expire_days: number | null }>(
    `SELECT store.epoch, maildrop.fence, maildrop.last_commit, account.expire_days
     FROM maildrop JOIN account USING (account_id), store WHERE maildrop.account_id = ?`,
    account,
  );
  if (row?.last_commit === token) return "done";
  if (row === undefined || row.epoch !== lease.epoch || row.fence !== lease.fence) return "lost-lease";
  // RFC 2449 §6.7 EXPIRE 0: what was retrieved goes with what was deleted, and nobody says which is which.
  popDelete(db, { account, messageIds, now, by: row.expire_days === 0 ? "expiry" : "owner" });
  db.run("UPDATE maildrop SET last_commit = ? WHERE account_id = ?", token, account);
  return "done";
}
