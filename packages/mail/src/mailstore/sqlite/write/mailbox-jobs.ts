// Mailboxes of one's own: made, named anew, and removed when they are empty. Those with a role stay as they are.
import type { MailboxOutcome } from "../../contract.ts";
import { mailboxName } from "../folding.ts";
import type { JobInput, JobOutput } from "../jobs.ts";
import type { Statements } from "../statements.ts";
import { AccountEdit } from "./account-edit.ts";
import { putDocument } from "./document-jobs.ts";

interface Row {
  readonly mailbox_id: number;
  readonly role: string | null;
  readonly messages: number;
}

export function createMailbox(db: Statements, { account, name }: JobInput<"createMailbox">): MailboxOutcome {
  const edit = new AccountEdit(db, account);
  if (find(db, account, name) !== undefined) return "name-taken";
  edit.mailboxNamed(name);
  return "done";
}

export function renameMailbox(
  db: Statements,
  { account, name, to, document }: JobInput<"renameMailbox">,
): JobOutput<"renameMailbox"> {
  const edit = new AccountEdit(db, account);
  const row = find(db, account, name);
  if (row === undefined) return "not-found";
  if (row.role !== null) return "has-a-role";
  if (mailboxName(to) === mailboxName(name)) return "done";
  if (find(db, account, to) !== undefined) return "name-taken";
  if (document !== undefined && putDocument(db, document) === "conflict") return "conflict";
  db.run("UPDATE mailbox SET name = ? WHERE mailbox_id = ?", mailboxName(to), row.mailbox_id);
  tell(db, edit, row.mailbox_id);
  edit.save();
  return "done";
}

export function removeMailbox(db: Statements, { account, name }: JobInput<"removeMailbox">): MailboxOutcome {
  const edit = new AccountEdit(db, account);
  const row = find(db, account, name);
  if (row === undefined) return "not-found";
  if (row.role !== null) return "has-a-role";
  if (row.messages > 0) return "not-empty";
  // What the change log says of messages that were removed in it is told of Trash from now on.
  const trash = edit.mailboxWithRole("trash");
  db.run(
    "UPDATE change SET mailbox_id = ? WHERE account_id = ? AND mailbox_id = ?",
    trash.mailbox_id,
    account,
    row.mailbox_id,
  );
  db.run("DELETE FROM mailbox WHERE mailbox_id = ?", row.mailbox_id);
  return "done";
}

function find(db: Statements, account: number, name: string): Row | undefined {
  const query = "SELECT mailbox_id, role, messages FROM mailbox WHERE account_id = ? AND name = ?";
  return db.get<Row>(query, account, mailboxName(name));
}

/** Whoever follows the change log learns of a new name with a message of the mailbox: one is enough. */
function tell(db: Statements, edit: AccountEdit, mailboxId: number): void {
  const newest = db.get<{ readonly message_id: number; readonly modseq: number }>(
    "SELECT message_id, modseq FROM placement WHERE mailbox_id = ? ORDER BY uid DESC LIMIT 1",
    mailboxId,
  );
  if (newest === undefined) return;
  const { message_id: messageId, modseq: former } = newest;
  const modseq = edit.recordChange({ messageId, mailboxId, former });
  db.run("UPDATE placement SET modseq = ? WHERE account_id = ? AND message_id = ?", modseq, edit.account, messageId);
}
