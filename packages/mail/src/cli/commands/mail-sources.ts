import { isSet, type CliCommand } from "../command.ts";
import { printJson, printLine, printTable } from "../io.ts";
import { HOUSE_OPTIONS } from "../settings.ts";
import { readerOf } from "./mail/with-reader.ts";

export const mailSources: CliCommand = {
  name: "mail sources",
  summary: "what each source is at, in a running post office",
  options: HOUSE_OPTIONS,
  examples: ["restante mail sources", "restante mail sources --json"],
  async run({ values }, io) {
    const answer = await (await readerOf(values, io)).ask("sources", {});
    if (isSet(values, "json")) printJson(io, answer);
    else if (answer.sources.length === 0) printLine(io, "There is no source; restante fetch setup ADDRESS adds one.");
    else
      printTable(
        io,
        ["source", "account", "server", "state", "trouble"],
        answer.sources.map((row) => [
          row.source,
          row.account,
          `${row.host}:${row.port}`,
          row.state,
          row.trouble?.words ?? "-",
        ]),
      );
    return 0;
  },
};
