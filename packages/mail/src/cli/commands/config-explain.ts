import { explain } from "../../config/index.ts";
import { isSet, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printTable } from "../io.ts";
import { CONFIG_OPTIONS, loadSettings } from "../settings.ts";

export const configExplain: CliCommand = {
  name: "config explain",
  summary: "show every key with its effective value and where that comes from; secrets are masked",
  options: CONFIG_OPTIONS,
  examples: ["restante config explain -c restante.toml", "RESTANTE_LIMITS_IDLE=15m restante config explain"],
  run({ values }, io) {
    const rows = explain(loadSettings(values, io, { defaults: {} }));
    if (isSet(values, "json")) printJson(io, rows);
    else
      printTable(
        io,
        ["key", "value", "from", "what it is"],
        rows.map((row) => [row.key, row.value, row.from, row.about]),
      );
    return Promise.resolve(EXIT.OK);
  },
};
