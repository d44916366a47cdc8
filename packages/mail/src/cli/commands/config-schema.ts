import { jsonSchema } from "../../config/index.ts";
import type { CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printLine } from "../io.ts";

export const configSchema: CliCommand = {
  name: "config schema",
  summary: "print the JSON Schema of the configuration, for editors that complete and check TOML",
  examples: ["restante config schema > restante.schema.json"],
  run(_input, io) {
    printLine(io, JSON.stringify(jsonSchema(), undefined, 2));
    return Promise.resolve(EXIT.OK);
  },
};
