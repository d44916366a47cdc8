// Rows of collected messages: written with the message, kept when it goes.
import type { PlaceInput } from "../jobs.ts";
import type { Statements } from "../statements.ts";
import type { Stub } from "./fetched-stub.ts";

type Row = { readonly message_id: number; readonly removed_at: number | null };

/** The message this one was placed as before; undefined for one that is to be placed. Whoever kept its header wants it. */
export function fetchedBefore(
  db: Statements,
  { account, fetched }: PlaceInput,
  stub: Stub | undefined,
): number | undefined {
  if (fetched === undefined) return undefined;
  const row = db.get<Row>(
    "SELECT message_id, removed_at FROM fetched WHERE account_id = ? AND source = ? AND unique_id = ? AND sha256 = ?",
    account,
    fetched.source,
    fetched.uniqueId,
    fetched.sha256,
  );
  // The octets of a message without a body are those of its header.
  const isWanted = fetched.again || stub?.place !== undefined;
  if (row === undefined || (isWanted && row.message_id === stub?.messageId)) return undefined;
  return row.removed_at !== null && isWanted ? undefined : row.message_id;
}

export function rememberFetched(
  db: Statements,
  { account, fetched, now }: PlaceInput,
  o: { readonly messageId: number; readonly expired: number },
): void {
  if (fetched === undefined) return;
  db.run(
    `INSERT OR REPLACE INTO fetched (account_id, source, unique_id, sha256, message_id, fetched_at, expired)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    account,
    fetched.source,
    fetched.uniqueId,
    fetched.sha256,
    o.messageId,
    now,
    o.expired,
  );
}

/**
 * Who lets a message go: its owner, or the days its account gives it. Those of Trash are nobody's: whoever put it there
 * did it.
 */
export type GoneBy = "owner" | "expiry" | "trash-days";

const EXPIRED: Readonly<Record<GoneBy, number | null>> = { owner: 0, expiry: 1, "trash-days": null };

/** The message is removed: from now on that is known, and by whom, and not only that it is not there. */
export function buryFetched(
  db: Statements,
  o: { readonly account: number; readonly messageId: number; readonly by: GoneBy; readonly now: number },
): void {
  db.run(
    "UPDATE fetched SET removed_at = ?, expired = coalesce(?, expired) WHERE account_id = ? AND message_id = ?",
    o.now,
    EXPIRED[o.by],
    o.account,
    o.messageId,
  );
}

/** It went elsewhere, into Trash or out of it. */
export function movedFetched(
  db: Statements,
  o: { readonly account: number; readonly messageId: number; readonly by: GoneBy },
): void {
  const expired = EXPIRED[o.by];
  db.run(
    "UPDATE fetched SET expired = ? WHERE account_id = ? AND message_id = ? AND expired <> ?",
    expired,
    o.account,
    o.messageId,
    expired,
  );
}
