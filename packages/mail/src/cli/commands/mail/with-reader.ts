// What commands about mail share: the reader's API of the running post office, accounts by name, messages as ACCOUNT/ID.
import { connectReader, type ReaderClient } from "../../../office/index.ts";
import { text, type CliOption, type OptionValues } from "../../command.ts";
import { CliError } from "../../failure.ts";
import { isSet } from "../../command.ts";
import { printJson, printLine, printTable, type Io } from "../../io.ts";
import { toMinute } from "../../moments.ts";
import { HOUSE_OPTIONS, loadSettings } from "../../settings.ts";

export const ACCOUNT: Readonly<Record<string, CliOption>> = {
  account: { short: "a", value: "NAME", summary: "one account alone (default all)" },
  ...HOUSE_OPTIONS,
};

export function readerOf(values: OptionValues, io: Io): Promise<ReaderClient> {
  return connectReader(loadSettings(values, io).config.dataDir);
}

/** The id of the account that was named, or `all`. */
export async function scopeOf(reader: ReaderClient, values: OptionValues): Promise<string> {
  const name = text(values, "account");
  if (name === undefined) return "all";
  const { accounts } = await reader.ask("session", {});
  const found = accounts.find((account) => account.name === name || account.account === name);
  if (found === undefined)
    throw new CliError("no-such-account", `there is no account ${name}; restante account list shows those there are`);
  return found.account;
}

export function refOf(written: string): { readonly account: string; readonly messageId: number } {
  const [, account, id] = /^(\d{1,15})\/(\d{1,15})$/.exec(written) ?? [];
  if (account === undefined || id === undefined)
    throw new CliError("usage", `${written} is no message; write ACCOUNT/ID as restante mail list prints it`);
  return { account, messageId: Number(id) };
}

interface ShownRow {
  readonly account: string;
  readonly messageId: number;
  readonly date: number;
  readonly subject: string;
  readonly senders: readonly { readonly shown: string }[];
  readonly isUnread: boolean;
  readonly isStarred: boolean;
}

export function printRows(
  page: { readonly rows: readonly ShownRow[]; readonly next: string | null },
  { values, io }: { readonly values: OptionValues; readonly io: Io },
): void {
  if (isSet(values, "json")) return printJson(io, page);
  if (page.rows.length === 0) return printLine(io, "No messages.");
  printTable(
    io,
    ["message", "", "date", "from", "subject"],
    page.rows.map((row) => [
      `${row.account}/${row.messageId}`,
      `${row.isUnread ? "•" : " "}${row.isStarred ? "★" : " "}`,
      toMinute(row.date),
      row.senders.map(({ shown }) => shown).join(", "),
      row.subject,
    ]),
  );
  if (page.next !== null) printLine(io, `More: --after ${page.next}`);
}
