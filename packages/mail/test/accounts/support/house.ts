// Accounts on a real store in a folder of their own, closed and removed at the end of the test file.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { assembleAccounts } from "../../../src/accounts/accounts.ts";
import type { HashCost } from "../../../src/accounts/chosen-password.ts";
import type { PasswordHasher } from "../../../src/accounts/hash-threads.ts";
import type { Accounts, AccountsOptions } from "../../../src/accounts/index.ts";
import { openSqliteMailstore, type Mailstore } from "../../../src/mailstore/index.ts";

export interface TestHouse {
  readonly accounts: Accounts;
  readonly store: Mailstore;
  readonly folder: string;
  readonly options: AccountsOptions;
}

/** A slow hash of a millisecond or less: what it is made of is the same, only smaller. */
export const CHEAP: HashCost = { memoryKiB: 1_024, passes: 1, lanes: 1 };

export const PEER = { address: "127.0.0.1", encrypted: true, protocol: "pop3" };

export async function openHouse(
  o: { readonly domains?: readonly string[]; readonly hasher?: PasswordHasher; readonly cost?: HashCost } = {},
): Promise<TestHouse> {
  const folder = await mkdtemp(join(tmpdir(), "restante-accounts-"));
  const store = await openSqliteMailstore({ directory: folder });
  const options: AccountsOptions = {
    store,
    domains: o.domains ?? ["example.org", "bücher.example"],
    hostName: "mail.example.net",
    keyFile: join(folder, "passwords.key"),
    defaultPopDelete: { kind: "trash", days: 30 },
  };
  after(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  const accounts = await assembleAccounts(options, {
    cost: o.cost ?? CHEAP,
    ...(o.hasher && { hasher: o.hasher }),
  });
  after(() => accounts.close());
  return { accounts, store, folder, options };
}

/** The account's opaque id. */
export function idOf(house: TestHouse, name: string): string {
  const account = house.store.directory.accountNamed(name);
  if (account === undefined) throw new Error(`no account ${name}`);
  return account.account;
}
