// One transaction's changes to one account, gathered and written once: counters of the account and its mailboxes,
// modseqs and the change log, and the packed maildrop. Every change of mail goes through here, so they stay in step.
import { PopError } from "@restante/pop/maildrop";
import { mailboxName } from "../folding.ts";
import type { Statements } from "../statements.ts";
import { appendEntries, removeEntries, type PackedEntry } from "./packed-maildrop.ts";

interface AccountRow {
  readonly pop_delete: "trash" | "remove" | "hide";
  readonly trash_days: number | null;
  readonly uidl_epoch: number;
  next_message_id: number;
  modseq: number;
  messages: number;
  octets: number;
  readonly quota_messages: number | null;
  readonly quota_octets: number | null;
  overrides: number;
  surrogates: number;
  /** That changed it last, and the one that goes on now. */
  readonly run: number;
  readonly run_now: number;
}

export interface MailboxRow {
  readonly mailbox_id: number;
  readonly role: string | null;
  next_uid: number;
  messages: number;
  unread: number;
}

const accountColumns = `pop_delete, trash_days, uidl_epoch, next_message_id, modseq, messages, octets,
  quota_messages, quota_octets, overrides, surrogates, run, (SELECT run FROM store) AS run_now`;
/** Runs of the past an account keeps. */
const historyMax = 100;
const mailboxColumns = "mailbox_id, role, next_uid, messages, unread";

export class AccountEdit {
  readonly account: number;
  readonly row: AccountRow;
  readonly #db: Statements;
  readonly #modseqBefore: number;
  #mailboxes = new Map<number, MailboxRow>();
  readonly #named = new Map<string, MailboxRow>();
  readonly #entering: PackedEntry[] = [];
  readonly #leaving = new Set<number>();

  /** Throws PopError NO_SUCH_ACCOUNT, also for one that was removed. */
  constructor(db: Statements, account: number) {
    const row = db.get<AccountRow>(
      `SELECT ${accountColumns} FROM account WHERE account_id = ? AND removed_at IS NULL`,
      account,
    );
    if (row === undefined) throw new PopError("NO_SUCH_ACCOUNT", `no account ${account}`);
    this.account = account;
    this.row = row;
    this.#db = db;
    this.#modseqBefore = row.modseq;
  }

  /** The mailbox of this name, made when there is none. Throws RangeError for a name that cannot be one. */
  mailboxNamed(name: string): MailboxRow {
    const kept = mailboxName(name);
    const known = this.#named.get(kept);
    if (known !== undefined) return known;
    const find = `SELECT ${mailboxColumns} FROM mailbox WHERE account_id = ? AND name = ?`;
    const found = this.#db.get<MailboxRow>(find, this.account, kept) ?? this.#make(kept);
    const mailbox = this.#keep(found);
    this.#named.set(kept, mailbox);
    return mailbox;
  }

  mailboxWithRole(role: "inbox" | "trash"): MailboxRow {
    const found = this.#db.get<MailboxRow>(
      `SELECT ${mailboxColumns} FROM mailbox WHERE account_id = ? AND role = ?`,
      this.account,
      role,
    );
    if (found === undefined) throw new Error(`account ${this.account} has no ${role}`);
    return this.#keep(found);
  }

  mailbox(mailboxId: number): MailboxRow {
    const known = this.#mailboxes.get(mailboxId);
    if (known !== undefined) return known;
    const found = this.#db.get<MailboxRow>(`SELECT ${mailboxColumns} FROM mailbox WHERE mailbox_id = ?`, mailboxId);
    if (found === undefined) throw new Error(`no mailbox ${mailboxId}`);
    return this.#keep(found);
  }

  takeMessageId(): number {
    return this.row.next_message_id++;
  }

  takeUid(mailbox: MailboxRow): number {
    return mailbox.next_uid++;
  }

  /** Writes the message's newest change in place of `former`, the one before; answers its modseq. */
  recordChange(o: {
    readonly messageId: number;
    readonly mailboxId: number;
    readonly former?: number;
    /** Milliseconds since the epoch, of a removal. */
    readonly goneAt?: number;
  }): number {
    const modseq = (this.row.modseq += 1);
    if (o.former !== undefined)
      this.#db.run("DELETE FROM change WHERE account_id = ? AND modseq = ?", this.account, o.former);
    this.#db.run(
      "INSERT INTO change (account_id, modseq, message_id, mailbox_id, gone, gone_at) VALUES (?, ?, ?, ?, ?, ?)",
      this.account,
      modseq,
      o.messageId,
      o.mailboxId,
      o.goneAt === undefined ? 0 : 1,
      o.goneAt ?? null,
    );
    return modseq;
  }

  enterMaildrop(entry: PackedEntry): void {
    this.#entering.push(entry);
  }

  leaveMaildrop(messageId: number): void {
    this.#leaving.add(messageId);
  }

  /** What takes it back to where it is now. */
  undoer(): () => void {
    const { next_message_id, modseq, messages, octets, overrides, surrogates } = this.row;
    const mailboxes = Array.from(this.#mailboxes.values(), (mailbox) => {
      const { next_uid, messages: count, unread } = mailbox;
      return { mailbox, next_uid, messages: count, unread };
    });
    const entering = this.#entering.length;
    const leaving = this.#leaving.size;
    return () => {
      Object.assign(this.row, { next_message_id, modseq, messages, octets, overrides, surrogates });
      for (const { mailbox, ...was } of mailboxes) Object.assign(mailbox, was);
      this.#mailboxes = new Map(mailboxes.map(({ mailbox }) => [mailbox.mailbox_id, mailbox]));
      // Looked up again: one that was made since is not there any more.
      this.#named.clear();
      this.#entering.length = entering;
      for (const messageId of [...this.#leaving].slice(leaving)) this.#leaving.delete(messageId);
    };
  }

  /** Writes what was gathered. To be called once, last. */
  save(): void {
    const { account, row } = this;
    const isChanged = row.modseq > this.#modseqBefore;
    if (isChanged && row.run !== row.run_now) this.#enterHistory();
    this.#db.run(
      `UPDATE account SET next_message_id = ?, modseq = ?, messages = ?, octets = ?, overrides = ?, surrogates = ?, run = ?
       WHERE account_id = ?`,
      row.next_message_id,
      row.modseq,
      row.messages,
      row.octets,
      row.overrides,
      row.surrogates,
      isChanged ? row.run_now : row.run,
      account,
    );
    for (const mailbox of this.#mailboxes.values()) {
      this.#db.run(
        "UPDATE mailbox SET next_uid = ?, messages = ?, unread = ? WHERE mailbox_id = ?",
        mailbox.next_uid,
        mailbox.messages,
        mailbox.unread,
        mailbox.mailbox_id,
      );
    }
    if (this.#leaving.size > 0) removeEntries(this.#db, account, this.#leaving);
    const entering = this.#entering.filter(({ messageId }) => !this.#leaving.has(messageId));
    if (entering.length > 0) appendEntries(this.#db, account, entering);
  }

  /** The first change of a run: whoever follows the log can tell it from a run of another past. */
  #enterHistory(): void {
    this.#db.run(
      "INSERT OR REPLACE INTO history (account_id, modseq, run) VALUES (?, ?, ?)",
      this.account,
      this.#modseqBefore,
      this.row.run_now,
    );
    this.#db.run(
      `DELETE FROM history WHERE account_id = ? AND modseq <
         (SELECT modseq FROM history WHERE account_id = ? ORDER BY modseq DESC LIMIT 1 OFFSET ?)`,
      this.account,
      this.account,
      historyMax - 1,
    );
  }

  #keep(mailbox: MailboxRow): MailboxRow {
    const known = this.#mailboxes.get(mailbox.mailbox_id);
    if (known !== undefined) return known;
    this.#mailboxes.set(mailbox.mailbox_id, mailbox);
    return mailbox;
  }

  #make(name: string): MailboxRow {
    const id = this.#db.insert(
      "INSERT INTO mailbox (account_id, name, uid_validity) VALUES (?, ?, unixepoch())",
      this.account,
      name,
    );
    return { mailbox_id: id, role: null, next_uid: 1, messages: 0, unread: 0 };
  }
}
