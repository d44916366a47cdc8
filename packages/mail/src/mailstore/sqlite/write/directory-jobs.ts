// Accounts, logins and addresses as the writer changes them.
import { randomBytes } from "node:crypto";
import { DirectoryError, type PopDelete } from "../../contract.ts";
import { fold } from "../folding.ts";
import type { AddressKey, JobInput, NewLogin } from "../jobs.ts";
import { resultCode } from "../result-codes.ts";
import type { Statements } from "../statements.ts";

const MAILBOXES = [
  ["INBOX", "inbox"],
  ["Archive", "archive"],
  ["Junk", "junk"],
  ["Trash", "trash"],
  ["Sent", "sent"],
  ["Drafts", "drafts"],
] as const;

export function addAccount(
  db: Statements,
  { name, popDelete, expireDays, login, now }: JobInput<"addAccount">,
): number {
  const account = unlessTaken(`account ${name}`, () =>
    db.insert(
      `INSERT INTO account (name, folded_name, pop_delete, trash_days, expire_days, expire_since, uidl_epoch, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      name,
      fold(name),
      popDelete.kind,
      trashDays(popDelete),
      expireDays ?? null,
      now,
      randomBytes(6).readUIntBE(0, 6),
      now,
    ),
  );
  for (const [mailbox, role] of MAILBOXES) {
    db.run(
      "INSERT INTO mailbox (account_id, name, role, uid_validity) VALUES (?, ?, ?, unixepoch())",
      account,
      mailbox,
      role,
    );
  }
  db.run("INSERT INTO maildrop (account_id) VALUES (?)", account);
  insertLogin(db, account, login, now);
  return account;
}

export function changeAccount(db: Statements, { account, change, now }: JobInput<"changeAccount">): void {
  mustExist(db, account);
  if (change.disabled !== undefined) {
    db.run("UPDATE account SET disabled = ? WHERE account_id = ?", Number(change.disabled), account);
    db.run("UPDATE login SET credential_version = ? WHERE account_id = ?", nextCredentialVersion(db), account);
  }
  if (change.popDelete !== undefined) {
    const { kind } = change.popDelete;
    db.run(
      "UPDATE account SET pop_delete = ?, trash_days = ? WHERE account_id = ?",
      kind,
      trashDays(change.popDelete),
      account,
    );
  }
  if (change.expireDays !== undefined) {
    const { expireDays } = change;
    db.run("UPDATE account SET expire_days = ?, expire_since = ? WHERE account_id = ?", expireDays, now, account);
  }
  if (change.quotaMessages !== undefined)
    db.run("UPDATE account SET quota_messages = ? WHERE account_id = ?", change.quotaMessages, account);
  if (change.quotaOctets !== undefined)
    db.run("UPDATE account SET quota_octets = ? WHERE account_id = ?", change.quotaOctets, account);
}

/** The account is gone at once; its mail is taken away bit by bit by the collector. */
export function removeAccount(db: Statements, { account, now }: JobInput<"removeAccount">): void {
  mustExist(db, account);
  db.run("UPDATE account SET removed_at = ?, folded_name = NULL WHERE account_id = ?", now, account);
  db.run("DELETE FROM login WHERE account_id = ?", account);
  db.run("DELETE FROM address WHERE account_id = ?", account);
  db.run("DELETE FROM document WHERE account_id = ?", account);
  // Sessions that hold the maildrop may read on, but not commit.
  db.run("UPDATE maildrop SET fence = fence + 1 WHERE account_id = ?", account);
}

export function addLogin(db: Statements, { account, login, now }: JobInput<"addLogin">): void {
  mustExist(db, account);
  insertLogin(db, account, login, now);
}

export function changeLogin(db: Statements, { login, change }: JobInput<"changeLogin">): void {
  const folded = fold(login);
  const changes = db.run(
    "UPDATE login SET credential_version = ? WHERE folded_login = ?",
    nextCredentialVersion(db),
    folded,
  );
  if (changes === 0) throw new DirectoryError("not-found", `no login ${login}`);
  if (change.verifier !== undefined)
    db.run("UPDATE login SET verifier = ? WHERE folded_login = ?", change.verifier, folded);
  if (change.scram !== undefined) db.run("UPDATE login SET scram = ? WHERE folded_login = ?", change.scram, folded);
  if (change.apopSecret !== undefined)
    db.run("UPDATE login SET apop_secret = ? WHERE folded_login = ?", change.apopSecret, folded);
  if (change.disabled !== undefined)
    db.run("UPDATE login SET disabled = ? WHERE folded_login = ?", Number(change.disabled), folded);
}

export function removeLogin(db: Statements, { login }: JobInput<"removeLogin">): void {
  if (db.run("DELETE FROM login WHERE folded_login = ?", fold(login)) === 0) {
    throw new DirectoryError("not-found", `no login ${login}`);
  }
}

export function addAddress(db: Statements, { address, account }: JobInput<"addAddress">): void {
  mustExist(db, account);
  unlessTaken(`address ${addressText(address)}`, () =>
    db.run(
      "INSERT INTO address (kind, local, domain, account_id) VALUES (?, ?, ?, ?)",
      address.kind,
      fold(address.local),
      fold(address.domain),
      account,
    ),
  );
}

export function removeAddress(db: Statements, { address }: JobInput<"removeAddress">): void {
  const { kind, local, domain } = address;
  if (
    db.run("DELETE FROM address WHERE kind = ? AND local = ? AND domain = ?", kind, fold(local), fold(domain)) === 0
  ) {
    throw new DirectoryError("not-found", `no address ${addressText(address)}`);
  }
}

function insertLogin(db: Statements, account: number, login: NewLogin, now: number): void {
  unlessTaken(`login ${login.login}`, () =>
    db.run(
      `INSERT INTO login (folded_login, login, account_id, kind, verifier, scram, disabled, credential_version, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      fold(login.login),
      login.login,
      account,
      login.kind,
      login.verifier,
      login.scram ?? null,
      Number(login.disabled),
      nextCredentialVersion(db),
      now,
    ),
  );
}

function nextCredentialVersion(db: Statements): number {
  const row = db.get<{ v: number }>(
    "UPDATE store SET credential_version = credential_version + 1 RETURNING credential_version AS v",
  );
  if (row === undefined) throw new Error("the table store is empty");
  return row.v;
}

function mustExist(db: Statements, account: number): void {
  if (db.get("SELECT 1 FROM account WHERE account_id = ? AND removed_at IS NULL", account) === undefined) {
    throw new DirectoryError("not-found", `no account ${account}`);
  }
}

function unlessTaken<T>(what: string, insert: () => T): T {
  try {
    return insert();
  } catch (error) {
    if (resultCode(error) === "constraint") throw new DirectoryError("name-taken", `there is ${what} already`);
    throw error;
  }
}

function trashDays(policy: PopDelete): number | null {
  return policy.kind === "trash" ? policy.days : null;
}

function addressText({ local, domain }: AddressKey): string {
  return `${local}@${domain}`;
}
