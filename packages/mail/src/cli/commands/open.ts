import { isSet, type CliCommand } from "../command.ts";
import { printJson, printLine } from "../io.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const open: CliCommand = {
  name: "open",
  summary: "print an address that lets a browser into the reader of a running post office, once",
  options: HOUSE_OPTIONS,
  examples: ["restante open", "xdg-open $(restante open)"],
  async run({ values }, io) {
    const opened = await withOffice({ values, io }, (office) => office.call("web.open", {}));
    if (isSet(values, "json")) printJson(io, opened);
    else printLine(io, opened.url);
    return 0;
  },
};
