// Giving addresses to accounts and taking them away.
import { DirectoryError, type Address } from "../mailstore/index.ts";
import { AccountError } from "./contract.ts";
import { canonicalDomain, foldLocal, formatAddress, parseMailAddress } from "./mail-address.ts";
import { accountOfMainLogin, type Register } from "./recipient.ts";

type BareAddress = Omit<Address, "account">;

/** Reads `local@domain`, `local@*` (any domain of ours) or `*@domain`. Throws AccountError `bad-address`. */
function parseAddress(text: string): BareAddress {
  const [, anyLocal] = /^\*@(.+)$/s.exec(text) ?? [];
  if (anyLocal !== undefined) return { kind: "catch-all", local: "", domain: domainOf(anyLocal, text) };
  const parsed = parseMailAddress(text.endsWith("@*") ? text.slice(0, -2) : text);
  if (parsed === undefined) throw badAddress(text);
  const local = foldLocal(parsed.local);
  if (text.endsWith("@*") && parsed.domain === undefined) return { kind: "alias", local, domain: "" };
  if (parsed.domain === undefined || text.endsWith("@*")) throw badAddress(text);
  return { kind: "exact", local, domain: domainOf(parsed.domain, text) };
}

/** Throws AccountError `bad-address`, `not-our-domain` or `name-taken`. */
export async function giveAddress(register: Register, account: string, text: string): Promise<Address> {
  const address: Address = { ...parseAddress(text), account };
  if (address.kind !== "alias" && register.domains.find(address.domain) === undefined) {
    throw notOurDomain(register, address.domain);
  }
  refuseIfTaken(register, address);
  try {
    await register.directory.addAddress(address);
  } catch (error) {
    if (!(error instanceof DirectoryError) || error.code !== "name-taken") throw error;
    throw new AccountError("name-taken", `${formatAddress(address)} belongs to an account already`, { cause: error });
  }
  return address;
}

/** Throws AccountError `bad-address` or `not-found`. The domain need no longer be ours. */
export async function takeAddress(register: Register, text: string): Promise<void> {
  const address = parseAddress(text);
  try {
    await register.directory.removeAddress(address);
  } catch (error) {
    if (!(error instanceof DirectoryError) || error.code !== "not-found") throw error;
    throw new AccountError(
      "not-found",
      `nobody has the address ${formatAddress(address)}; restante address list shows those there are`,
      { cause: error },
    );
  }
}

/** A login name counts as an address in every domain of ours: an alias or a name that would stand in another's way is refused. */
function refuseIfTaken({ directory }: Register, address: Address): void {
  const { kind, local, domain, account } = address;
  const owner = directory.addressOwner(kind, local, domain) ?? ownerByLogin(directory, address);
  if (owner === undefined) return;
  const name = directory.account(owner)?.name ?? "another account";
  const advice = owner === account ? "nothing to do" : "remove it there first, or choose another";
  throw new AccountError("name-taken", `${formatAddress(address)} belongs to ${name} already: ${advice}`);
}

function ownerByLogin(directory: Register["directory"], address: Address): string | undefined {
  const owner =
    address.kind === "alias"
      ? accountOfMainLogin(directory, address.local)
      : accountOfMainLogin(directory, `${address.local}@${address.domain}`);
  return owner === address.account ? undefined : owner;
}

function domainOf(domain: string, text: string): string {
  const canonical = canonicalDomain(domain);
  if (canonical === undefined) throw badAddress(text);
  return canonical;
}

function badAddress(text: string): AccountError {
  return new AccountError(
    "bad-address",
    `${JSON.stringify(text)} is not an address: write anna@example.org, anna@* (anna at every domain of ours) ` +
      "or *@example.org (everybody else at one domain)",
  );
}

function notOurDomain({ domains }: Register, domain: string): AccountError {
  return new AccountError(
    "not-our-domain",
    `${domain} is not a domain of ours (${domains.list.join(", ")}): add it to the configuration key "domains" first`,
  );
}
