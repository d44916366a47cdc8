// Accounts, logins and addresses: point reads on the event loop, changes through the writer.
import type { Account, Address, AddressKind, Directory, Login, PopDelete } from "../contract.ts";
import { DirectoryError } from "../contract.ts";
import { accountNumber, fold } from "./folding.ts";
import type { NewLogin } from "./jobs.ts";
import type { Statements } from "./statements.ts";
import type { Writer } from "./writer.ts";

/** Rows a statement gives on the event loop; longer lists are read in several. */
const pageRows = 1_000;

interface AccountRow {
  readonly account_id: number;
  readonly name: string;
  readonly disabled: number;
  readonly pop_delete: PopDelete["kind"];
  readonly trash_days: number | null;
  readonly expire_days: number | null;
  readonly messages: number;
  readonly octets: number;
  readonly quota_messages: number | null;
  readonly quota_octets: number | null;
  readonly created_at: number;
}

interface LoginRow {
  readonly login: string;
  readonly account_id: number;
  readonly kind: Login["kind"];
  readonly verifier: string;
  readonly scram: string | null;
  readonly apop_secret: string | null;
  readonly disabled: number;
  readonly credential_version: number;
  readonly created_at: number;
  readonly account_disabled: number;
  readonly expire_days: number | null;
}

interface AddressRow {
  readonly kind: AddressKind;
  readonly local: string;
  readonly domain: string;
  readonly account_id: number;
}

const accountColumns = `account_id, name, disabled, pop_delete, trash_days, expire_days, messages, octets, quota_messages, quota_octets, created_at`;
const loginQuery = `SELECT l.login, l.account_id, l.kind, l.verifier, l.scram, l.apop_secret, l.disabled, l.credential_version, l.created_at,
    a.disabled AS account_disabled, a.expire_days
  FROM login l CROSS JOIN account a ON a.account_id = l.account_id`;

export interface DirectoryOptions {
  readonly db: Statements;
  readonly writer: Writer;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export class SqliteDirectory implements Directory {
  readonly #db: Statements;
  readonly #writer: Writer;
  readonly #now: () => number;

  constructor(options: DirectoryOptions) {
    this.#db = options.db;
    this.#writer = options.writer;
    this.#now = options.now;
  }

  accounts(): readonly Account[] {
    const query = `SELECT ${accountColumns} FROM account WHERE account_id > ? AND removed_at IS NULL ORDER BY account_id LIMIT ?`;
    const accounts: Account[] = [];
    for (
      let rows, after = 0;
      rows === undefined || rows.length === pageRows;
      after = rows.at(-1)?.account_id ?? after
    ) {
      rows = this.#db.all<AccountRow>(query, after, pageRows);
      accounts.push(...rows.map(accountOf));
    }
    return accounts;
  }

  account(account: string): Account | undefined {
    const id = accountNumber(account);
    if (id === undefined) return undefined;
    const row = this.#db.get<AccountRow>(
      `SELECT ${accountColumns} FROM account WHERE account_id = ? AND removed_at IS NULL`,
      id,
    );
    return row === undefined ? undefined : accountOf(row);
  }

  accountNamed(name: string): Account | undefined {
    const row = this.#db.get<AccountRow>(`SELECT ${accountColumns} FROM account WHERE folded_name = ?`, fold(name));
    return row === undefined ? undefined : accountOf(row);
  }

  fewestExpireDays(): number | undefined {
    const query = `SELECT expire_days AS days FROM account INDEXED BY account_expiry
      WHERE expire_days IS NOT NULL AND removed_at IS NULL ORDER BY expire_days LIMIT 1`;
    return this.#db.get<{ days: number }>(query)?.days;
  }

  /** Accounts whose mail goes after some days. */
  *expiringAccounts(): Generator<number, undefined> {
    const query = `SELECT account_id, expire_days FROM account INDEXED BY account_expiry
      WHERE expire_days > 0 AND removed_at IS NULL AND (expire_days, account_id) > (?, ?)
      ORDER BY expire_days, account_id LIMIT ${pageRows}`;
    for (let days = 0, last = 0; ;) {
      const rows = this.#db.all<{ account_id: number; expire_days: number }>(query, days, last);
      for (const row of rows) yield row.account_id;
      const end = rows.at(-1);
      if (end === undefined || rows.length < pageRows) return undefined;
      [days, last] = [end.expire_days, end.account_id];
    }
  }

  login(login: string): ReturnType<Directory["login"]> {
    const row = this.#db.get<LoginRow>(`${loginQuery} WHERE l.folded_login = ?`, fold(login));
    return row === undefined ? undefined : loginOf(row);
  }

  logins(account: string): readonly Login[] {
    const query = `${loginQuery} WHERE l.account_id = ? ORDER BY l.created_at, l.folded_login LIMIT ${pageRows}`;
    const id = accountNumber(account);
    return id === undefined ? [] : this.#db.all<LoginRow>(query, id).map(loginOf);
  }

  addresses(account?: string): readonly Address[] {
    return account === undefined ? this.#allAddresses() : this.#addressesOf(account);
  }

  addressOwner(kind: AddressKind, local: string, domain: string): string | undefined {
    const query = "SELECT account_id FROM address WHERE kind = ? AND local = ? AND domain = ?";
    const row = this.#db.get<{ account_id: number }>(query, kind, fold(local), fold(domain));
    return row === undefined ? undefined : String(row.account_id);
  }

  async addAccount(o: Parameters<Directory["addAccount"]>[0]): Promise<Account> {
    const { name, popDelete, expireDays, login } = o;
    const input = { name, popDelete, expireDays, login: newLogin(login), now: this.#now() };
    const id = await this.#writer.run("addAccount", input);
    const account = this.account(String(id));
    if (account === undefined) throw new Error(`account ${id} is gone right after it was made`);
    return account;
  }

  async changeAccount(account: string, change: Parameters<Directory["changeAccount"]>[1]): Promise<void> {
    await this.#writer.run("changeAccount", { account: existing(account), change, now: this.#now() });
  }

  async removeAccount(account: string): Promise<void> {
    await this.#writer.run("removeAccount", { account: existing(account), now: this.#now() });
  }

  async addLogin(login: Parameters<Directory["addLogin"]>[0]): Promise<void> {
    await this.#writer.run("addLogin", { account: existing(login.account), login: newLogin(login), now: this.#now() });
  }

  async changeLogin(login: string, change: Parameters<Directory["changeLogin"]>[1]): Promise<void> {
    await this.#writer.run("changeLogin", { login, change });
  }

  async removeLogin(login: string): Promise<void> {
    await this.#writer.run("removeLogin", { login });
  }

  async addAddress({ account, kind, local, domain }: Address): Promise<void> {
    await this.#writer.run("addAddress", { account: existing(account), address: { kind, local, domain } });
  }

  async removeAddress({ kind, local, domain }: Omit<Address, "account">): Promise<void> {
    await this.#writer.run("removeAddress", { address: { kind, local, domain } });
  }

  #addressesOf(account: string): readonly Address[] {
    const query = `SELECT kind, local, domain, account_id FROM address WHERE account_id = ? ORDER BY kind, local, domain LIMIT ${pageRows}`;
    const id = accountNumber(account);
    return id === undefined ? [] : this.#db.all<AddressRow>(query, id).map(addressOf);
  }

  #allAddresses(): readonly Address[] {
    const query = `SELECT kind, local, domain, account_id FROM address WHERE (kind, local, domain) > (?, ?, ?)
      ORDER BY kind, local, domain LIMIT ${pageRows}`;
    const addresses: Address[] = [];
    let rows: readonly AddressRow[];
    do {
      const last = addresses.at(-1);
      rows = this.#db.all<AddressRow>(query, last?.kind ?? "", last?.local ?? "", last?.domain ?? "");
      addresses.push(...rows.map(addressOf));
    } while (rows.length === pageRows);
    return addresses;
  }
}

function accountOf(row: AccountRow): Account {
  return {
    account: String(row.account_id),
    name: row.name,
    disabled: row.disabled === 1,
    popDelete: row.pop_delete === "trash" ? { kind: "trash", days: row.trash_days ?? 0 } : { kind: row.pop_delete },
    expireDays: row.expire_days ?? undefined,
    messages: row.messages,
    octets: row.octets,
    quotaMessages: row.quota_messages ?? undefined,
    quotaOctets: row.quota_octets ?? undefined,
    createdAt: row.created_at,
  };
}

function loginOf(row: LoginRow): NonNullable<ReturnType<Directory["login"]>> {
  return {
    login: row.login,
    account: String(row.account_id),
    kind: row.kind,
    verifier: row.verifier,
    scram: row.scram ?? undefined,
    apopSecret: row.apop_secret ?? undefined,
    disabled: row.disabled === 1,
    credentialVersion: row.credential_version,
    createdAt: row.created_at,
    accountDisabled: row.account_disabled === 1,
    expireDays: row.expire_days ?? undefined,
  };
}

function addressOf({ kind, local, domain, account_id }: AddressRow): Address {
  return { kind, local, domain, account: String(account_id) };
}

function newLogin({ login, kind, verifier, scram, disabled }: NewLogin): NewLogin {
  return { login, kind, verifier, scram, disabled };
}

function existing(account: string): number {
  const id = accountNumber(account);
  if (id === undefined) throw new DirectoryError("not-found", `no account ${JSON.stringify(account)}`);
  return id;
}
