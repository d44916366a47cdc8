import { renderSpan } from "../../observe/index.ts";
import { isSet, type CliCommand } from "../command.ts";
import { printJson, printLine, printTable } from "../io.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

export const who: CliCommand = {
  name: "who",
  summary: "list the sessions of a running post office",
  options: HOUSE_OPTIONS,
  examples: ["restante who", "restante who --json"],
  async run({ values }, io) {
    const sessions = await withOffice({ values, io }, (office) => office.call("who", {}));
    if (isSet(values, "json")) printJson(io, sessions);
    else if (sessions.length === 0) printLine(io, "Nobody is connected.");
    else {
      printTable(
        io,
        ["session", "protocol", "login", "from", "state", "for"],
        sessions.map((row) => [
          row.session,
          row.protocol,
          row.login ?? "-",
          row.remoteAddress,
          row.state,
          renderSpan(row.sinceMs),
        ]),
      );
    }
    return 0;
  },
};
