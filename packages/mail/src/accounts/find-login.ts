// Which login somebody means: people type its name, or any of their addresses.
import type { Directory } from "../mailstore/index.ts";
import { foldLocal, parseMailAddress } from "./mail-address.ts";
import { foldName } from "./names.ts";
import { prepare } from "./preparation.ts";
import { ownerOf, type Register } from "./recipient.ts";

export type KnownLogin = NonNullable<ReturnType<Directory["login"]>>;

export interface SoughtLogin {
  /** The one name for all ways to write this login, also when nobody has it. */
  readonly name: string;
  readonly known: KnownLogin | undefined;
}

/** A login by its name (`anna`, `anna/phone`), or by an address of its account (`anna@example.org`, `anna@example.org/phone`). */
export function findLogin(register: Register, text: string): SoughtLogin {
  const prepared = prepare(text);
  if (prepared === undefined) return { name: text, known: undefined };
  const name = foldName(prepared);
  const known = register.directory.login(name);
  return known === undefined ? byAddress(register, name) : { name, known };
}

function byAddress({ directory, domains }: Register, text: string): SoughtLogin {
  const { address: written, label } = withoutLabel(text);
  const address = parseMailAddress(written);
  const domain = address?.domain === undefined ? undefined : domains.find(address.domain);
  if (address === undefined || domain === undefined) return { name: text, known: undefined };
  const local = foldLocal(address.local);
  const account = ownerOf(directory, local, domain) ?? directory.addressOwner("alias", local, "");
  const owner = account === undefined ? undefined : directory.account(account);
  const name = `${owner?.name ?? local}${label}`;
  return { name, known: owner === undefined ? undefined : directory.login(name) };
}

/** Splits `anna@example.org/phone` before the slash of an app password's label. */
function withoutLabel(text: string): { readonly address: string; readonly label: string } {
  const slash = text.lastIndexOf("/");
  if (slash < text.lastIndexOf("@")) return { address: text, label: "" };
  return { address: text.slice(0, slash), label: text.slice(slash) };
}
