// Who gets mail for an address: the most particular answer wins.
import type { Directory } from "../mailstore/index.ts";
import type { MailAddress, RecipientAnswer } from "./contract.ts";
import type { OurDomains } from "./domains.ts";
import { foldLocal, parseMailAddress } from "./mail-address.ts";

/** Where recipients are looked up. */
export interface Register {
  readonly directory: Directory;
  readonly domains: OurDomains;
}

/** A disabled account still gets mail: a locked login is no reason to bounce what others send. */
export function findRecipient(register: Register, address: MailAddress): RecipientAnswer {
  const local = foldLocal(address.local);
  const account =
    address.domain === undefined ? ofBareLogin(register, local) : ofDomain(register, local, address.domain);
  if (account === NOT_OURS) return { kind: "not-our-domain" };
  return account === undefined ? { kind: "no-such-user" } : { kind: "account", account };
}

/** Whose account gets mail for what somebody wrote as an address; undefined where nobody does. */
export function findOwner(register: Register, text: string): string | undefined {
  const address = parseMailAddress(text);
  if (address === undefined) return undefined;
  const answer = findRecipient(register, address);
  return answer.kind === "account" ? answer.account : undefined;
}

/** Whose own address this is, in one of our domains: one given to an account, else its login name. */
export function ownerOf(directory: Directory, local: string, domain: string): string | undefined {
  return (
    directory.addressOwner("exact", local, domain) ??
    accountOfMainLogin(directory, `${local}@${domain}`) ??
    accountOfMainLogin(directory, local)
  );
}

/** The account that this login, no app password, is the main one of. */
export function accountOfMainLogin(directory: Directory, login: string): string | undefined {
  const found = directory.login(login);
  return found?.kind === "password" ? found.account : undefined;
}

const NOT_OURS = Symbol("not our domain");

function ofDomain(register: Register, local: string, text: string): string | undefined | typeof NOT_OURS {
  const { directory, domains } = register;
  const domain = domains.find(text);
  if (domain === undefined) return NOT_OURS;
  const untagged = withoutTag(local);
  return (
    ownerOf(directory, local, domain) ??
    (untagged === undefined ? undefined : ownerOf(directory, untagged, domain)) ??
    aliasOwner(directory, local, untagged) ??
    directory.addressOwner("catch-all", "", domain) ??
    ofPostmaster(register, local)
  );
}

/** An address without a domain: only a login or an alias can be meant. */
function ofBareLogin(register: Register, local: string): string | undefined {
  const { directory } = register;
  const untagged = withoutTag(local);
  return (
    accountOfMainLogin(directory, local) ??
    (untagged === undefined ? undefined : accountOfMainLogin(directory, untagged)) ??
    aliasOwner(directory, local, untagged) ??
    ofPostmaster(register, local)
  );
}

function aliasOwner(directory: Directory, local: string, untagged: string | undefined): string | undefined {
  return (
    directory.addressOwner("alias", local, "") ??
    (untagged === undefined ? undefined : directory.addressOwner("alias", untagged, ""))
  );
}

/** RFC 5321 §4.5.1: mail for postmaster is always accepted: where nobody has the address, by whoever was here first. */
function ofPostmaster({ directory, domains }: Register, local: string): string | undefined {
  if (local !== "postmaster") return undefined;
  for (const domain of domains.list) {
    const owner = directory.addressOwner("exact", local, domain);
    if (owner !== undefined) return owner;
  }
  const accounts = [...directory.accounts()].sort((a, b) => a.createdAt - b.createdAt);
  return (accounts.find((account) => !account.disabled) ?? accounts[0])?.account;
}

function withoutTag(local: string): string | undefined {
  const plus = local.indexOf("+");
  return plus > 0 ? local.slice(0, plus) : undefined;
}
