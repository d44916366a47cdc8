// What an export reads, through a caller: the same whether a post office runs or not.
import type { ExportOptions } from "../delivery/index.ts";
import type { Caller } from "./control/caller.ts";

/** The part of a store that exportMail needs, for one account. */
export function mailForExport(
  caller: Caller,
  account: { readonly name: string; readonly messages: number },
): ExportOptions["store"] {
  const { name } = account;
  return {
    directory: { account: () => account },
    messages: (_account, page) => caller.call("message.page", { name, ...page }),
    octetsOf: (_account, messageId) => caller.octets("message.octets", { name, messageId }),
  };
}
