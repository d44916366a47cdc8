import { OfficeError } from "../office-error.ts";
import type { OperationContext } from "./definition.ts";

/** The store's name of an account. Throws OfficeError `no-such-account`. */
export function accountNamed(context: Pick<OperationContext, "store">, text: string): string {
  const account = context.store.directory.accountNamed(text);
  if (account === undefined)
    throw new OfficeError(
      "no-such-account",
      `there is no account ${JSON.stringify(text)}; restante account list shows those there are`,
    );
  return account.account;
}
