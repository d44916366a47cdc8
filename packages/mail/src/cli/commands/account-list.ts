import { isSet, type CliCommand } from "../command.ts";
import { renderOctets as renderExactly } from "../../config/index.ts";
import { renderOctets } from "../../observe/index.ts";
import { printJson, printLine, printTable } from "../io.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const accountList: CliCommand = {
  name: "account list",
  summary: "list the accounts with their logins, addresses and mail",
  options: HOUSE_OPTIONS,
  examples: ["restante account list", "restante account list --json"],
  async run({ values }, io) {
    const accounts = await withOffice({ values, io }, (office) => office.call("account.list", {}));
    if (isSet(values, "json")) printJson(io, accounts);
    else if (accounts.length === 0) printLine(io, "No account yet; restante account add NAME makes one.");
    else {
      printTable(
        io,
        ["account", "messages", "size", "quota", "on POP delete", "expires", "app passwords", "addresses", ""],
        accounts.map((account) => [
          account.name,
          account.messages,
          renderOctets(account.octets),
          quota(account) || "-",
          account.popDelete,
          account.expireDays === null ? "never" : `${account.expireDays}d`,
          labels(account) || "-",
          account.addresses.join(" ") || "-",
          account.disabled ? "disabled" : "",
        ]),
      );
    }
    return 0;
  },
};

function quota({
  quotaMessages,
  quotaOctets,
}: {
  readonly quotaMessages: number | null;
  readonly quotaOctets: number | null;
}): string {
  return [quotaMessages ?? [], quotaOctets === null ? [] : renderExactly(quotaOctets)].flat().join(" ");
}

function labels(account: {
  readonly logins: readonly { readonly login: string; readonly kind: string; readonly disabled: boolean }[];
}): string {
  return account.logins
    .filter(({ kind }) => kind === "app-password")
    .map(({ login, disabled }) => (disabled ? `${login} (disabled)` : login))
    .join(" ");
}
