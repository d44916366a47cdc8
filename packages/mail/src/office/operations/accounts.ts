// Who may log in and who gets mail.
import { join } from "node:path";
import { z } from "zod";
import { formatAddress, type Accounts } from "../../accounts/index.ts";
import { EXPIRE_DAYS_MAX, parseOctets, parsePopDelete, renderPopDelete } from "../../config/index.ts";
import { openIdentities, removeIdentitiesWith, secretFiles } from "../../submission/index.ts";
import { FILES } from "../data-files.ts";
import { OfficeError } from "../office-error.ts";
import { accountNamed } from "./account-named.ts";
import { value } from "./definition.ts";

const name = z.string().min(1).max(320);
const password = z.string().min(1).max(4_096);

/** One account as people see it: nothing of how its secrets are kept. */
export interface AccountRow {
  readonly name: string;
  readonly disabled: boolean;
  readonly messages: number;
  readonly octets: number;
  readonly popDelete: string;
  /** Null: its mail never goes by itself. */
  readonly expireDays: number | null;
  /** Null: as many as the disk has room for. */
  readonly quotaMessages: number | null;
  readonly quotaOctets: number | null;
  readonly logins: readonly { readonly login: string; readonly kind: string; readonly disabled: boolean }[];
  readonly addresses: readonly string[];
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

function accountRow(account: ReturnType<Accounts["list"]>[number]): AccountRow {
  return {
    name: account.name,
    disabled: account.disabled,
    messages: account.messages,
    octets: account.octets,
    popDelete: renderPopDelete(account.popDelete),
    expireDays: account.expireDays ?? null,
    quotaMessages: account.quotaMessages ?? null,
    quotaOctets: account.quotaOctets ?? null,
    logins: account.logins.map(({ login, kind, disabled }) => ({ login, kind, disabled })),
    addresses: account.addresses.map(formatAddress),
    createdAt: new Date(account.createdAt).toISOString(),
  };
}

export const accountOperations = {
  "account.add": value(
    z.strictObject({ name, password: password.optional(), popDelete: z.string().optional() }),
    ({ accounts }, input) => {
      const popDelete = input.popDelete === undefined ? undefined : parsePopDelete(input.popDelete);
      if (input.popDelete !== undefined && popDelete === undefined)
        throw new OfficeError("bad-input", `"${input.popDelete}" is no policy; write "trash 30d", "remove" or "hide"`);
      return accounts.add({
        name: input.name,
        ...(input.password === undefined ? {} : { password: input.password }),
        ...(popDelete === undefined ? {} : { popDelete }),
      });
    },
  ),
  "account.list": value(z.strictObject({}), ({ accounts }) => accounts.list().map(accountRow)),
  "account.expire": value(z.strictObject({ name, days: z.string().max(20) }), async ({ accounts }, input) => {
    const days = input.days === "never" ? undefined : Number(/^\d{1,9}$/u.test(input.days) ? input.days : Number.NaN);
    if (days !== undefined && !(days <= EXPIRE_DAYS_MAX))
      throw new OfficeError(
        "bad-input",
        `"${input.days}" is no number of days; write 0 to ${EXPIRE_DAYS_MAX}, or "never"`,
      );
    await accounts.setExpiry(input.name, days);
    return { expireDays: days ?? null };
  }),
  "account.quota": value(
    z.strictObject({ name, messages: z.string().max(20).optional(), size: z.string().max(20).optional() }),
    async ({ accounts }, input) => {
      const messages = limitOf(input.messages, {
        parse: (text) => (/^\d{1,9}$/u.test(text) ? Number(text) : undefined),
        right: 'a number of messages; write one, such as 10000, or "none"',
      });
      const octets = limitOf(input.size, { parse: parseOctets, right: 'a size; write one, such as "2GB", or "none"' });
      const { quotaMessages, quotaOctets } = await accounts.setQuota(input.name, {
        ...(messages !== undefined && { messages }),
        ...(octets !== undefined && { octets }),
      });
      return { quotaMessages: quotaMessages ?? null, quotaOctets: quotaOctets ?? null };
    },
  ),
  "account.passwd": value(z.strictObject({ login: name, password: password.optional() }), ({ accounts }, input) =>
    accounts.setPassword(input.login, input.password),
  ),
  "account.disable": value(z.strictObject({ name }), async ({ accounts }, input) =>
    done(await accounts.setDisabled(input.name, true)),
  ),
  "account.enable": value(z.strictObject({ name }), async ({ accounts }, input) =>
    done(await accounts.setDisabled(input.name, false)),
  ),
  "account.remove": value(z.strictObject({ name }), async (context, input) => {
    const { accounts, store, dataDir } = context;
    const identities = openIdentities(store.documents);
    const secrets = secretFiles(join(dataDir, FILES.secrets));
    const remove = (): Promise<void> => accounts.remove(input.name);
    return done(await removeIdentitiesWith({ identities, secrets }, accountNamed(context, input.name), remove));
  }),
  "account.app-password": value(z.strictObject({ name, label: name }), ({ accounts }, input) =>
    accounts.addAppPassword(input.name, input.label),
  ),
  "account.apop-secret": value(z.strictObject({ login: name }), ({ accounts }, input) =>
    accounts.setApopSecret(input.login),
  ),
  "account.remove-apop-secret": value(z.strictObject({ login: name }), async ({ accounts }, input) =>
    done(await accounts.removeApopSecret(input.login)),
  ),
  "account.remove-app-password": value(z.strictObject({ login: name }), async ({ accounts }, input) =>
    done(await accounts.removeLogin(input.login)),
  ),
  "address.add": value(z.strictObject({ name, address: name }), async ({ accounts }, input) => ({
    address: formatAddress(await accounts.addAddress(input.name, input.address)),
  })),
  "address.list": value(z.strictObject({}), ({ accounts }) =>
    accounts.listAddresses().map((row) => ({ address: formatAddress(row), kind: row.kind, account: row.accountName })),
  ),
  "address.remove": value(z.strictObject({ address: name }), async ({ accounts }, input) =>
    done(await accounts.removeAddress(input.address)),
  ),
};

/** Undefined when nothing was said, null for `none`. */
function limitOf(
  text: string | undefined,
  o: { readonly parse: (text: string) => number | undefined; readonly right: string },
): number | null | undefined {
  if (text === undefined || text === "none") return text === undefined ? undefined : null;
  const limit = o.parse(text);
  if (limit === undefined) throw new OfficeError("bad-input", `"${text}" is not ${o.right}`);
  return limit;
}

function done(_nothing: void): { readonly done: true } {
  return { done: true };
}
