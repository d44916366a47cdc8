// The accounts of a house: one object over the mailstore's directory, for the server, for delivery and for commands.
import { DirectoryError, type Account, type Directory, type Login, type PopDelete } from "../mailstore/index.ts";
import { Admission } from "./admission.ts";
import { sealApopSecret } from "./apop-secret.ts";
import { giveAddress, takeAddress } from "./addresses.ts";
import { acceptChosen, HASH_COST, nobodysVerifier, type HashCost } from "./chosen-password.ts";
import { AccountError, type Accounts, type AccountsOptions, type NewSecret } from "./contract.ts";
import { ourDomains } from "./domains.ts";
import { generatedVerifier, generatePassword, isGeneratedVerifier } from "./generated-password.ts";
import { HashThreads, type PasswordHasher } from "./hash-threads.ts";
import { createKeyFile, KeyFileError, readKeyFile, type HouseKey } from "./key-file.ts";
import { appPasswordLogin, newAccountName } from "./names.ts";
import { findOwner, findRecipient, type Register } from "./recipient.ts";
import { makeScramKeys } from "./scram-keys.ts";
import { VerificationCache } from "./verification-cache.ts";
import { createAuthenticator } from "./verification.ts";

/** An operator's command waits longer for its hash than a mail program that can come again. */
const COMMAND_PATIENCE_MS = 30_000;

/**
 * Opens the accounts kept in `store`, and makes the key file on first use. Rejects when the key file is damaged, open to
 * others, or lost although passwords were made with it; and with AccountError when a configured domain is no domain name.
 */
export async function openAccounts(options: AccountsOptions): Promise<Accounts> {
  return assembleAccounts(options, { cost: HASH_COST });
}

/** openAccounts with the cost of a slow hash chosen; for tests and measurements. */
export async function assembleAccounts(
  options: AccountsOptions,
  o: { readonly cost: HashCost; readonly hasher?: PasswordHasher },
): Promise<Accounts> {
  const directory = options.store.directory;
  const register: Register = { directory, domains: ourDomains(options) };
  const key = (await readKeyFile(options.keyFile)) ?? (await firstKey(directory, options.keyFile));
  const hasher = o.hasher ?? new HashThreads({ cost: o.cost });
  const house: House = {
    register,
    key,
    hasher,
    defaultPopDelete: options.defaultPopDelete,
    defaultExpireDays: options.defaultExpireDays,
  };
  const authenticator = createAuthenticator({
    register,
    key,
    hasher,
    cache: new VerificationCache(),
    admission: new Admission(),
    nobodysVerifier: nobodysVerifier(o.cost),
    ...(options.terms !== undefined && { terms: options.terms }),
  });
  return {
    authenticator,
    add: (account) => addAccount(house, account),
    list: () => listAccounts(directory),
    setPassword: (login, password) => setPassword(house, login, password),
    setDisabled: (name, disabled) => setDisabled(house, name, disabled),
    setExpiry: async (name, days) =>
      expected(directory.changeAccount(accountNamed(directory, name).account, { expireDays: days ?? null })),
    setQuota: (name, quota) => setQuota(directory, name, quota),
    fewestExpireDays: () => directory.fewestExpireDays(),
    remove: async (name) => expected(directory.removeAccount(accountNamed(directory, name).account)),
    addAppPassword: (name, label) => addAppPassword(house, name, label),
    removeLogin: (login) => removeLogin(house, login),
    setApopSecret: (login) => setApopSecret(house, login),
    removeApopSecret: async (login) =>
      expected(directory.changeLogin(loginNamed(directory, login).login, { apopSecret: null })),
    addAddress: async (name, address) => giveAddress(register, accountNamed(directory, name).account, address),
    listAddresses: () => listAddresses(directory),
    removeAddress: (address) => takeAddress(register, address),
    recipient: (address) => findRecipient(register, address),
    accountOf: (text) => directory.login(text)?.account ?? findOwner(register, text),
    close: () => hasher.close(),
  };
}

interface House {
  readonly register: Register;
  readonly key: HouseKey;
  readonly hasher: PasswordHasher;
  readonly defaultPopDelete: PopDelete;
  readonly defaultExpireDays: number | undefined;
}

/** A new key in place of a lost one would turn every generated password into a wrong one, without a word. */
async function firstKey(directory: Directory, path: string): Promise<HouseKey> {
  const orphan = directory
    .accounts()
    .flatMap(({ account }) => directory.logins(account))
    .find(({ verifier, apopSecret }) => isGeneratedVerifier(verifier) || apopSecret !== undefined);
  if (orphan === undefined) return createKeyFile(path);
  throw new KeyFileError(
    `the key file ${path} is gone, but the password of ${orphan.login} and maybe others were made with it: restore it ` +
      "from a backup. If it is lost for good, make a new one with " +
      `'(umask 077; head -c 32 /dev/urandom > ${path})' and give those logins new passwords`,
  );
}

async function addAccount(
  house: House,
  o: { readonly name: string; readonly password?: string; readonly popDelete?: PopDelete },
): Promise<NewSecret> {
  const { directory } = house.register;
  const name = newAccountName(o.name);
  refuseTakenName(house.register, name);
  const secret = await makeSecret(house, name, o.password);
  const login = { login: name, kind: "password", disabled: false, ...secret.kept } as const;
  const popDelete = o.popDelete ?? house.defaultPopDelete;
  await expected(directory.addAccount({ name, popDelete, expireDays: house.defaultExpireDays, login }));
  return { login: name, password: secret.password };
}

/** The directory refuses a second account of one name; a name that would take over an alias's mail is refused here. */
function refuseTakenName({ directory }: Register, name: string): void {
  const owner = directory.accountNamed(name)?.account ?? directory.addressOwner("alias", name, "");
  if (owner === undefined) return;
  const holder = directory.account(owner);
  throw new AccountError(
    "name-taken",
    holder === undefined || holder.name === name
      ? `there is an account ${name} already: choose another name`
      : `${name}@* is an address of ${holder.name}: remove that address first, or choose another name`,
  );
}

async function setPassword(house: House, text: string, password: string | undefined): Promise<NewSecret> {
  const { directory } = house.register;
  const { login, kind } = loginNamed(directory, text);
  if (kind === "app-password" && password !== undefined) {
    throw new AccountError("bad-password", `${login} is an app password, which is always generated: give none`);
  }
  const secret = await makeSecret(house, login, password);
  await expected(directory.changeLogin(login, { verifier: secret.kept.verifier, scram: secret.kept.scram ?? null }));
  return { login, password: secret.password };
}

async function setDisabled(house: House, name: string, disabled: boolean): Promise<void> {
  const { directory } = house.register;
  if (name.includes("/")) {
    await expected(directory.changeLogin(loginNamed(directory, name).login, { disabled }));
    return;
  }
  await expected(directory.changeAccount(accountNamed(directory, name).account, { disabled }));
}

async function setQuota(
  directory: Directory,
  name: string,
  { messages, octets }: Parameters<Accounts["setQuota"]>[1],
): Promise<Account> {
  const { account } = accountNamed(directory, name);
  await expected(
    directory.changeAccount(account, {
      ...(messages !== undefined && { quotaMessages: messages }),
      ...(octets !== undefined && { quotaOctets: octets }),
    }),
  );
  return accountNamed(directory, name);
}

async function addAppPassword(house: House, name: string, label: string): Promise<NewSecret> {
  const { directory } = house.register;
  const account = accountNamed(directory, name);
  const login = appPasswordLogin(account.name, label);
  if (directory.login(login) !== undefined) {
    throw new AccountError(
      "name-taken",
      `there is an app password ${login} already: remove it first, or choose another label`,
    );
  }
  const secret = await makeSecret(house, login, undefined);
  const { verifier, scram } = secret.kept;
  await expected(
    directory.addLogin({ login, account: account.account, kind: "app-password", verifier, scram, disabled: false }),
  );
  return { login, password: secret.password };
}

async function setApopSecret({ register, key }: House, text: string): Promise<NewSecret> {
  const { directory } = register;
  const { login } = loginNamed(directory, text);
  const secret = generatePassword();
  await expected(directory.changeLogin(login, { apopSecret: sealApopSecret(key, { login, secret }) }));
  return { login, password: secret };
}

async function removeLogin(house: House, text: string): Promise<void> {
  const { directory } = house.register;
  const { login, kind } = loginNamed(directory, text);
  if (kind === "password") {
    throw new AccountError("bad-name", `${login} is the account's own login: disable or remove the account instead`);
  }
  await expected(directory.removeLogin(login));
}

/** A password and what is kept of it: of a chosen one a slow hash, of a generated one a keyed hash and SCRAM keys. */
async function makeSecret(
  { key, hasher }: House,
  login: string,
  chosen: string | undefined,
): Promise<{ readonly password: string; readonly kept: Pick<Login, "verifier" | "scram"> }> {
  if (chosen !== undefined) {
    const patience = AbortSignal.timeout(COMMAND_PATIENCE_MS);
    const verifier = await hasher.hash(acceptChosen(chosen, login), patience);
    return { password: chosen, kept: { verifier, scram: undefined } };
  }
  const password = generatePassword();
  const verifier = generatedVerifier(key, { login, password });
  return { password, kept: { verifier, scram: await makeScramKeys(key, { login, password }) } };
}

function listAccounts(directory: Directory): ReturnType<Accounts["list"]> {
  return directory.accounts().map((account) => ({
    ...account,
    logins: directory.logins(account.account),
    addresses: directory.addresses(account.account),
  }));
}

function listAddresses(directory: Directory): ReturnType<Accounts["listAddresses"]> {
  const names = new Map(directory.accounts().map(({ account, name }) => [account, name]));
  return directory.addresses().map((address) => ({ ...address, accountName: names.get(address.account) ?? "" }));
}

function accountNamed(directory: Directory, name: string): Account {
  const account = directory.accountNamed(name);
  if (account === undefined)
    throw new AccountError(
      "not-found",
      `there is no account ${JSON.stringify(name)}; restante account list shows those there are`,
    );
  return account;
}

function loginNamed(directory: Directory, text: string): Login {
  const login = directory.login(text);
  if (login === undefined)
    throw new AccountError(
      "not-found",
      `there is no login ${JSON.stringify(text)}; restante account list --json shows those there are`,
    );
  return login;
}

/** Turns the directory's refusals, which another command may have caused a moment ago, into ours. */
async function expected<T>(change: Promise<T>): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (error instanceof DirectoryError) throw new AccountError(error.code, error.message, { cause: error });
    throw error;
  }
}
