// What happens to messages that have a place: moved, hidden from POP, marked with keywords, removed.
import { isSeen, packKeywords, unpackKeywords } from "../folding.ts";
import type { EmptyInput, JobInput, Messages } from "../jobs.ts";
import type { Statements } from "../statements.ts";
import { AccountEdit } from "./account-edit.ts";
import { buryFetched, movedFetched, type GoneBy } from "./fetched.ts";

export const dayMs = 24 * 3_600_000;

/** Messages that go, and who lets them. */
export interface Going {
  readonly messageIds: readonly number[];
  readonly now: number;
  readonly by: GoneBy;
}

interface PlacementRow {
  readonly message_id: number;
  readonly mailbox_id: number;
  readonly modseq: number;
  readonly keywords: string;
  readonly popped: number;
  readonly octets: number;
}

export function move(db: Statements, { account, messageIds, mailbox, now }: JobInput<"move">): void {
  const edit = new AccountEdit(db, account);
  const to = edit.mailboxNamed(mailbox);
  for (const placement of placements(db, account, messageIds)) {
    if (placement.mailbox_id === to.mailbox_id) continue;
    moveTo(db, edit, { placement, mailboxId: to.mailbox_id, popped: placement.popped });
    expire(db, edit, { messageId: placement.message_id, inTrash: to.role === "trash", now });
    movedFetched(db, { account, messageId: placement.message_id, by: "owner" });
  }
  edit.save();
}

export function remove(db: Statements, { account, messageIds, now }: Messages): void {
  const edit = new AccountEdit(db, account);
  removeAll(db, edit, { messageIds, now, by: "owner" });
  edit.save();
}

/** Some of what a mailbox held when somebody looked last. */
export function empty(db: Statements, { account, role, lastUid, limit, now }: EmptyInput): number {
  const edit = new AccountEdit(db, account);
  const rows = db.all<{ message_id: number }>(
    `SELECT p.message_id FROM mailbox b JOIN placement p INDEXED BY placement_uid ON p.mailbox_id = b.mailbox_id
     WHERE b.account_id = ? AND b.role = ? AND p.uid <= ? ORDER BY p.uid LIMIT ?`,
    account,
    role,
    lastUid,
    limit,
  );
  const removed = removeAll(db, edit, { messageIds: rows.map((row) => row.message_id), now, by: "owner" });
  edit.save();
  return removed;
}

export function keywords(db: Statements, { account, messageIds, add, remove: without }: JobInput<"keywords">): void {
  const edit = new AccountEdit(db, account);
  const gone = new Set(without.map((keyword) => keyword.toLowerCase()));
  for (const placement of placements(db, account, messageIds)) {
    const kept = unpackKeywords(placement.keywords).filter((keyword) => !gone.has(keyword));
    const next = packKeywords([...kept, ...add]);
    if (next === placement.keywords) continue;
    edit.mailbox(placement.mailbox_id).unread += Number(isSeen(placement.keywords)) - Number(isSeen(next));
    const modseq = edit.recordChange({
      messageId: placement.message_id,
      mailboxId: placement.mailbox_id,
      former: placement.modseq,
    });
    db.run(
      "UPDATE placement SET keywords = ?, modseq = ? WHERE account_id = ? AND message_id = ?",
      next,
      modseq,
      account,
      placement.message_id,
    );
  }
  edit.save();
}

/** What the account's pop_delete says shall happen to messages a POP client deleted, or that go as if one had. */
export function popDelete(db: Statements, { account, ...going }: Going & { readonly account: number }): void {
  const edit = new AccountEdit(db, account);
  if (edit.row.pop_delete === "remove") removeAll(db, edit, going);
  else if (edit.row.pop_delete === "hide") hideAll(db, edit, going.messageIds);
  else trashAll(db, edit, going);
  edit.save();
}

/** Messages that are gone already are passed over. */
export function removeAll(db: Statements, edit: AccountEdit, o: Going): number {
  let removed = 0;
  for (const placement of placements(db, edit.account, o.messageIds)) {
    leave(edit, placement);
    const { message_id: messageId, mailbox_id: mailboxId, modseq: former } = placement;
    edit.recordChange({ messageId, mailboxId, former, goneAt: o.now });
    db.run("DELETE FROM placement WHERE account_id = ? AND message_id = ?", edit.account, messageId);
    db.run("DELETE FROM trashed WHERE account_id = ? AND message_id = ?", edit.account, messageId);
    db.run("INSERT INTO removed (removed_at, account_id, message_id) VALUES (?, ?, ?)", o.now, edit.account, messageId);
    buryFetched(db, { account: edit.account, messageId, by: o.by, now: o.now });
    edit.row.messages -= 1;
    edit.row.octets -= placement.octets;
    removed += 1;
  }
  return removed;
}

function trashAll(db: Statements, edit: AccountEdit, o: Going): void {
  const trash = edit.mailboxWithRole("trash");
  for (const placement of placements(db, edit.account, o.messageIds)) {
    if (placement.mailbox_id === trash.mailbox_id) {
      hide(db, edit, placement);
    } else {
      moveTo(db, edit, { placement, mailboxId: trash.mailbox_id, popped: 1 });
      expire(db, edit, { messageId: placement.message_id, inTrash: true, now: o.now });
      movedFetched(db, { account: edit.account, messageId: placement.message_id, by: o.by });
    }
  }
}

function hideAll(db: Statements, edit: AccountEdit, messageIds: readonly number[]): void {
  for (const placement of placements(db, edit.account, messageIds)) hide(db, edit, placement);
}

function hide(db: Statements, edit: AccountEdit, placement: PlacementRow): void {
  if (placement.popped === 1) return;
  if (edit.mailbox(placement.mailbox_id).role === "inbox") edit.leaveMaildrop(placement.message_id);
  const { message_id: messageId, mailbox_id: mailboxId, modseq: former } = placement;
  const modseq = edit.recordChange({ messageId, mailboxId, former });
  db.run(
    "UPDATE placement SET popped = 1, modseq = ? WHERE account_id = ? AND message_id = ?",
    modseq,
    edit.account,
    messageId,
  );
}

function* placements(db: Statements, account: number, messageIds: readonly number[]): Generator<PlacementRow> {
  const find = `SELECT p.message_id, p.mailbox_id, p.modseq, p.keywords, p.popped, m.octets
    FROM placement p JOIN message m USING (account_id, message_id) WHERE p.account_id = ? AND p.message_id = ?`;
  for (const messageId of new Set(messageIds)) {
    const row = db.get<PlacementRow>(find, account, messageId);
    if (row !== undefined) yield row;
  }
}

/** Counts a message out of its mailbox, and out of the maildrop when it was in there. */
function leave(edit: AccountEdit, placement: PlacementRow): void {
  const mailbox = edit.mailbox(placement.mailbox_id);
  mailbox.messages -= 1;
  if (!isSeen(placement.keywords)) mailbox.unread -= 1;
  if (mailbox.role === "inbox" && placement.popped === 0) edit.leaveMaildrop(placement.message_id);
}

function moveTo(
  db: Statements,
  edit: AccountEdit,
  o: { readonly placement: PlacementRow; readonly mailboxId: number; readonly popped: number },
): void {
  leave(edit, o.placement);
  const mailbox = edit.mailbox(o.mailboxId);
  const { message_id: messageId, modseq: former, octets } = o.placement;
  mailbox.messages += 1;
  if (!isSeen(o.placement.keywords)) mailbox.unread += 1;
  if (mailbox.role === "inbox" && o.popped === 0) edit.enterMaildrop({ messageId, octets });
  db.run(
    "UPDATE placement SET mailbox_id = ?, uid = ?, modseq = ?, popped = ? WHERE account_id = ? AND message_id = ?",
    o.mailboxId,
    edit.takeUid(mailbox),
    edit.recordChange({ messageId, mailboxId: o.mailboxId, former }),
    o.popped,
    edit.account,
    messageId,
  );
}

/** Trash has its days when the account's policy gives it some, whoever put the message there; moved out again it stays. */
export function expire(
  db: Statements,
  edit: AccountEdit,
  o: { readonly messageId: number; readonly inTrash: boolean; readonly now: number },
): void {
  const days = edit.row.trash_days;
  if (!o.inTrash || days === null) {
    db.run("DELETE FROM trashed WHERE account_id = ? AND message_id = ?", edit.account, o.messageId);
    return;
  }
  db.run(
    "INSERT OR REPLACE INTO trashed (account_id, message_id, expires_at) VALUES (?, ?, ?)",
    edit.account,
    o.messageId,
    o.now + days * dayMs,
  );
}
