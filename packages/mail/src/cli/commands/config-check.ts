import { ConfigError, renderProblem, type Loaded } from "../../config/index.ts";
import { CertificateError, openTlsMaterial } from "../../office/index.ts";
import { isSet, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine } from "../io.ts";
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
      await checkCertificate(loaded);
      if (json) printJson(io, { ok: true, problems: [], warnings: loaded.warnings });
      else {
        tellWarnings(loaded, io);
        printLine(io, `${loaded.config.file ?? "the environment"}: nothing wrong.`);
      }
      return EXIT.OK;
    } catch (error) {
      if (!json || !(error instanceof ConfigError)) throw error;
      const problems = error.problems.map((problem) => ({ ...problem, line: renderProblem(problem) }));
      printJson(io, { ok: false, problems });
      return EXIT.CONFIG;
    }
  },
};

/** A configured one only: the self-signed one would be made by looking at it. Throws ConfigError. */
async function checkCertificate({ config, originOf }: Loaded): Promise<void> {
  if (config.tls.length === 0) return;
  try {
    await openTlsMaterial(config, Date.now());
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    const { place, key, text } = error;
    throw new ConfigError([{ origin: originOf(place), key, text }]);
  }
}
