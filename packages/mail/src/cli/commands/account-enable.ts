import { argument, isSet, type CliCommand } from "../command.ts";
import { printJson, printLine } from "../io.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const accountEnable: CliCommand = {
  name: "account enable",
  summary: "let a disabled account, or app password, log in again",
  arguments: [{ name: "name", summary: "an account, or one of its app passwords (name/label)" }],
  options: HOUSE_OPTIONS,
  examples: ["restante account enable anna", "restante account enable anna/phone"],
  async run(input, io) {
    const name = argument(input, "name");
    await withOffice({ values: input.values, io }, (office) => office.call("account.enable", { name }));
    if (isSet(input.values, "json")) printJson(io, { name, enabled: true });
    else printLine(io, `${name} is enabled.`);
    return 0;
  },
};
