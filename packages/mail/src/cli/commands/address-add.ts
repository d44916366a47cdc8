import { argument, isSet, type CliCommand } from "../command.ts";
import { printJson, printLine } from "../io.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const addressAdd: CliCommand = {
  name: "address add",
  summary: "let an account get the mail for one more address",
  arguments: [
    { name: "account", summary: "who gets the mail" },
    {
      name: "address",
      summary: "local@domain, local@* (at every domain of ours), or *@domain (whatever nobody else gets)",
    },
  ],
  options: HOUSE_OPTIONS,
  examples: [
    "restante address add anna info@example.org",
    "restante address add anna 'sales@*'",
    "restante address add anna '*@example.org'",
  ],
  async run(input, io) {
    const name = argument(input, "account");
    const { address } = await withOffice({ values: input.values, io }, (office) =>
      office.call("address.add", { name, address: argument(input, "address") }),
    );
    if (isSet(input.values, "json")) printJson(io, { account: name, address });
    else printLine(io, `Mail for ${address} goes to ${name}.`);
    return 0;
  },
};
