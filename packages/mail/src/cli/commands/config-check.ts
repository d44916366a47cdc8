import { openTlsMaterial } from "../../office/index.ts";
import { renderProblem } from "../../config/index.ts";
import { isSet, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { codeOf, reportFailure } from "../failure.ts";
import { printJson, printLine, type Io } from "../io.ts";
import { ConfigError } from "../../config/index.ts";
import { CONFIG_OPTIONS, loadSettings, tellWarnings } from "../settings.ts";

export const configCheck: CliCommand = {
  name: "config check",
  summary: "tell every mistake of a configuration with its line and column",
  options: CONFIG_OPTIONS,
  examples: ["restante config check -c restante.toml", "restante config check -c restante.toml --json"],
  async run({ values }, io) {
    const json = isSet(values, "json");
    try {
      const loaded = loadSettings(values, io);
      // With a configured certificate only: the self-signed one would be made by looking at it.
      if (loaded.config.tls !== undefined) await openTlsMaterial(loaded.config, Date.now());
      if (json) printJson(io, { ok: true, problems: [], warnings: loaded.warnings });
      else {
        tellWarnings(loaded, io);
        printLine(io, `${loaded.config.file ?? "the environment"}: nothing wrong.`);
      }
      return EXIT.OK;
    } catch (error) {
      if (!json) throw error;
      return tellJson(error, io);
    }
  },
};

function tellJson(error: unknown, io: Io): number {
  if (error instanceof ConfigError)
    printJson(io, {
      ok: false,
      problems: error.problems.map((problem) => ({ ...problem, line: renderProblem(problem) })),
    });
  else if (codeOf(error) === "certificate")
    printJson(io, { ok: false, problems: [{ key: "tls", text: (error as Error).message }] });
  else return reportFailure(error, { io, debug: false });
  return EXIT.CONFIG;
}
