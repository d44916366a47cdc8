// A header that stands for a message until the whole message comes, and what of its place the message takes.
import type { PlaceInput } from "../jobs.ts";
import type { Statements } from "../statements.ts";
import type { AccountEdit } from "./account-edit.ts";
import { removeAll } from "./edit-messages.ts";

export interface Stub {
  readonly messageId: number;
  /** Undefined: its owner removed it. */
  readonly place: StubPlace | undefined;
}

interface StubPlace {
  readonly mailboxId: number;
  readonly keywords: string;
  /** A POP client removed it. */
  readonly isPopped: boolean;
  /** 1: the days of its account brought it where it is, and not its owner. */
  readonly expired: number;
}

/** Undefined also when what has its number is not what was placed as this header, when that expired, or the whole message took its place. */
export function findStub(db: Statements, { account, fetched }: PlaceInput): Stub | undefined {
  const replaces = fetched?.replaces;
  if (replaces === undefined) return undefined;
  const { messageId, sha256 } = replaces;
  const row = db.get<{ readonly removed_at: number | null; readonly expired: number }>(
    "SELECT removed_at, expired FROM fetched WHERE account_id = ? AND message_id = ? AND source = ? AND sha256 = ?",
    account,
    messageId,
    fetched?.source ?? "",
    sha256,
  );
  if (row === undefined) return undefined;
  // What came whole has nothing of ours before it.
  const placed = db.get<PlacedStub>(
    `SELECT p.mailbox_id AS mailboxId, p.keywords, p.popped, m.prefix
     FROM placement p JOIN message m USING (account_id, message_id) WHERE p.account_id = ? AND p.message_id = ?`,
    account,
    messageId,
  );
  if (placed === undefined)
    return row.removed_at === null || row.expired === 1 ? undefined : { messageId, place: undefined };
  if (placed.prefix === null) return undefined;
  const { mailboxId, keywords, popped } = placed;
  return { messageId, place: { mailboxId, keywords, isPopped: popped === 1, expired: row.expired } };
}

interface PlacedStub {
  readonly mailboxId: number;
  readonly keywords: string;
  readonly popped: number;
  readonly prefix: Uint8Array | null;
}

/** The message has its place now: nobody has removed it, whatever a memory that a crash left behind still calls it. */
export function giveWay(
  db: Statements,
  edit: AccountEdit,
  o: { readonly messageId: number; readonly now: number },
): void {
  removeAll(db, edit, { messageIds: [o.messageId], by: "owner", now: o.now });
  db.run("UPDATE fetched SET removed_at = NULL WHERE account_id = ? AND message_id = ?", edit.account, o.messageId);
}
