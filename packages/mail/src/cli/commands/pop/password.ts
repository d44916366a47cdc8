// The password of somebody else's server: from a command, the environment or a person; never from the command line,
// where every user of the machine could read it.
import { execFile } from "node:child_process";
import { askSecret } from "../../ask.ts";
import { text, type OptionValues } from "../../command.ts";
import { CliError } from "../../failure.ts";
import type { Io } from "../../io.ts";

const COMMAND_MS = 60_000;
const OUTPUT_OCTETS_MAX = 65_536;

/** Throws CliError `usage`. */
export async function popPassword(values: OptionValues, io: Io, question: string): Promise<string> {
  refuseNoPassword(values, io);
  const command = text(values, "password-command");
  if (command !== undefined) return fromCommand(command);
  return givenPassword(io) ?? askSecret(io, question);
}

/** Asks nobody for one. Throws CliError `usage` where there is no way to have one. */
export function refuseNoPassword(values: OptionValues, io: Io): void {
  if (text(values, "password-command") !== undefined) return;
  if (givenPassword(io) !== undefined || io.stdin.isTTY === true) return;
  throw new CliError(
    "usage",
    "no password: set RESTANTE_POP_PASSWORD, or give --password-command, or run it on a terminal",
  );
}

function givenPassword({ env }: Io): string | undefined {
  const given = env["RESTANTE_POP_PASSWORD"];
  return given === "" ? undefined : given;
}

function fromCommand(command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: COMMAND_MS, maxBuffer: OUTPUT_OCTETS_MAX };
    // What it printed is not told: it may be the password.
    execFile("/bin/sh", ["-c", command], options, (error, stdout) => {
      if (error !== null) return reject(new CliError("usage", `--password-command failed (${ending(error)})`));
      const password = stdout.split(/\r?\n/, 1)[0] ?? "";
      if (password === "") return reject(new CliError("usage", "--password-command printed no password"));
      resolve(password);
    });
  });
}

function ending(error: Error & { readonly code?: string | number | null; readonly signal?: string | null }): string {
  return typeof error.signal === "string" ? `signal ${error.signal}` : `exit code ${String(error.code)}`;
}
