// What the rest of the house knows of accounts: who may log in, who gets mail, and how both are changed.
import type { Address, Account, Login, Mailstore, PopDelete } from "../mailstore/index.ts";
import type { Authenticator, LoginOwner } from "@restante/pop/sasl";

/** A password just made or chosen; shown once, kept nowhere. */
export interface NewSecret {
  readonly login: string;
  readonly password: string;
}

/** A refusal with its reason in words for the person at the keyboard. */
export class AccountError extends Error {
  readonly code: "name-taken" | "not-found" | "bad-name" | "bad-address" | "bad-password" | "not-our-domain";
  constructor(code: AccountError["code"], message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "AccountError";
    this.code = code;
  }
}

export interface Accounts {
  readonly authenticator: Authenticator;
  /** Generates a 128-bit password unless `password` is given. Throws AccountError. */
  add(o: { readonly name: string; readonly password?: string; readonly popDelete?: PopDelete }): Promise<NewSecret>;
  /** Days after which mail left in the POP maildrop goes by itself, or undefined for never. Throws AccountError. */
  setExpiry(name: string, days: number | undefined): Promise<void>;
  /** The most it may hold, trash included; null for no limit, what is not given stays. Throws AccountError. */
  setQuota(
    name: string,
    quota: { readonly messages?: number | null; readonly octets?: number | null },
  ): Promise<Account>;
  /** The fewest days of any account. */
  fewestExpireDays(): number | undefined;
  list(): readonly (Account & { readonly logins: readonly Login[]; readonly addresses: readonly Address[] })[];
  setPassword(login: string, password?: string): Promise<NewSecret>;
  setDisabled(name: string, disabled: boolean): Promise<void>;
  remove(name: string): Promise<void>;
  /** A login of its own, `name/label`, with a generated password. */
  addAppPassword(name: string, label: string): Promise<NewSecret>;
  removeLogin(login: string): Promise<void>;
  /** Generates a secret for APOP and CRAM-MD5; from then on the login takes no password over POP. */
  setApopSecret(login: string): Promise<NewSecret>;
  /** Takes it away; the login's password opens it again. */
  removeApopSecret(login: string): Promise<void>;
  addAddress(name: string, address: string): Promise<Address>;
  listAddresses(): readonly (Address & { readonly accountName: string })[];
  removeAddress(address: string): Promise<void>;
  /** Who gets mail for this address (DESIGN 6): exact, +tag, alias, catch-all. */
  recipient(address: MailAddress): RecipientAnswer;
  /** Whose account a login (also one of an app password) or an address of ours is; undefined where it is nobody's. */
  accountOf(text: string): string | undefined;
  close(): Promise<void>;
}

/** A mail address taken apart, quotes removed. domain is undefined for a bare login. */
export interface MailAddress {
  readonly local: string;
  readonly domain: string | undefined;
}

export type RecipientAnswer =
  | { readonly kind: "account"; readonly account: string }
  | { readonly kind: "no-such-user" }
  | { readonly kind: "not-our-domain" };

export interface AccountsOptions {
  readonly store: Mailstore;
  /** Domains that are ours beside `localhost` and the host name; compared without case. */
  readonly domains: readonly string[];
  readonly hostName: string;
  /** File of the HMAC key (32 octets, mode 0600); made on first use. Its folder exists. */
  readonly keyFile: string;
  readonly defaultPopDelete: PopDelete;
  /** `expireDays` of accounts made from now on; never unless given. */
  readonly defaultExpireDays?: number | undefined;
  /** What holds for every account, told to sessions at login beside the days of its own. */
  readonly terms?: Omit<NonNullable<LoginOwner["terms"]>, "expireDays">;
}
