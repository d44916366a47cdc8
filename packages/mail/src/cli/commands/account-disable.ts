import { argument, isSet, type CliCommand } from "../command.ts";
import { printJson, printLine } from "../io.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const accountDisable: CliCommand = {
  name: "account disable",
  summary: "forbid an account, or one app password, to log in; its mail stays and keeps coming",
  arguments: [{ name: "name", summary: "an account, or one of its app passwords (name/label)" }],
  options: HOUSE_OPTIONS,
  examples: ["restante account disable anna", "restante account disable anna/phone"],
  async run(input, io) {
    const name = argument(input, "name");
    await withOffice({ values: input.values, io }, (office) => office.call("account.disable", { name }));
    if (isSet(input.values, "json")) printJson(io, { name, disabled: true });
    else printLine(io, `${name} is disabled: nobody logs in with it until restante account enable ${name}.`);
    return 0;
  },
};
