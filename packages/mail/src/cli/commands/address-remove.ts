import { argument, isSet, type CliCommand } from "../command.ts";
import { printJson, printLine } from "../io.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const addressRemove: CliCommand = {
  name: "address remove",
  summary: "take an address away; the mail it brought stays",
  arguments: [{ name: "address", summary: "as restante address list shows it" }],
  options: HOUSE_OPTIONS,
  examples: ["restante address remove info@example.org"],
  async run(input, io) {
    const address = argument(input, "address");
    await withOffice({ values: input.values, io }, (office) => office.call("address.remove", { address }));
    if (isSet(input.values, "json")) printJson(io, { address, removed: true });
    else printLine(io, `${address} is removed.`);
    return 0;
  },
};
