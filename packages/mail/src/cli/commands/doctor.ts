import type { ExaminedFinding } from "../../office/index.ts";
import { isSet, type CliCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine } from "../io.ts";
import { Progress } from "../progress.ts";
import { withOffice } from "../reach.ts";
import { HOUSE_OPTIONS } from "../settings.ts";

const MARK: Readonly<Record<ExaminedFinding["severity"], string>> = {
  ok: "ok      ",
  warning: "WARNING ",
  error: "ERROR   ",
};

export const doctor: CliCommand = {
  name: "doctor",
  summary: "examine store, disk, files, clock, certificate and listeners, and say what to do",
  options: HOUSE_OPTIONS,
  examples: ["restante doctor", "restante doctor -c /etc/restante.toml --json"],
  async run({ values }, io) {
    const progress = new Progress(io);
    progress.show("examining the store");
    const findings = await withOffice({ values, io }, (office) => office.call("doctor", {})).finally(() =>
      progress.clear(),
    );
    const errors = findings.filter(({ severity }) => severity === "error").length;
    if (isSet(values, "json")) printJson(io, { ok: errors === 0, findings });
    else for (const finding of findings) printLine(io, describe(finding));
    return errors === 0 ? EXIT.OK : EXIT.UNAVAILABLE;
  },
};

function describe({ part, severity, what, repair }: ExaminedFinding): string {
  return `${MARK[severity]}${part.padEnd(12)}${what}${repair === undefined ? "" : `\n${" ".repeat(20)}${repair}`}`;
}
