import { isSet, type CliCommand } from "../command.ts";
import { printJson, printLine, printTable } from "../io.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const addressList: CliCommand = {
  name: "address list",
  summary: "list the addresses that were added, and who gets their mail",
  options: HOUSE_OPTIONS,
  examples: ["restante address list", "restante address list --json"],
  async run({ values }, io) {
    const addresses = await withOffice({ values, io }, (office) => office.call("address.list", {}));
    if (isSet(values, "json")) printJson(io, addresses);
    else if (addresses.length === 0)
      printLine(io, "No address was added; every account has its own name at every domain of ours.");
    else {
      printTable(
        io,
        ["address", "kind", "account"],
        addresses.map((row) => [row.address, row.kind, row.account]),
      );
    }
    return 0;
  },
};
