import { jsonSchema } from "../../config/index.ts";
import { isSet, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine } from "../io.ts";

export const configSchema: CliCommand = {
  name: "config schema",
  summary: "print the JSON Schema of the configuration, for editors that complete and check TOML",
  examples: ["restante config schema > restante.schema.json"],
  run({ values }, io) {
    if (isSet(values, "json")) printJson(io, jsonSchema());
    else printLine(io, JSON.stringify(jsonSchema(), undefined, 2));
    return Promise.resolve(EXIT.OK);
  },
};
