// The log of `up` and `serve`.
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../config/index.ts";
import { createLog, type OpenLog } from "../observe/index.ts";
import { CliError } from "./failure.ts";
import type { Io } from "./io.ts";

/** In a file, the log is not before anybody's eyes: warnings are then also told on standard error, in words. Throws CliError `config`. */
export function openLog({ log: { level, destination } }: Config, io: Io): OpenLog {
  const isFile = destination !== "stderr" && destination !== "stdout";
  try {
    if (isFile) mkdirSync(dirname(destination), { recursive: true, mode: 0o700 });
    return createLog({ level, destination, ...(isFile ? { people: io.stderr } : {}) });
  } catch (error) {
    throw new CliError(
      "config",
      `the log ${destination} cannot be written (${String((error as NodeJS.ErrnoException).code)}); choose another with log.destination or RESTANTE_LOG_DESTINATION`,
      { cause: error },
    );
  }
}
