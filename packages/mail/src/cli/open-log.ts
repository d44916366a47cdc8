// The log of `up` and `serve`.
import { dirname } from "node:path";
import type { Config } from "../config/index.ts";
import { makeFolder } from "../files/index.ts";
import { createLog, type OpenLog } from "../observe/index.ts";
import { dataDirectoryError, type OfficeError } from "../office/index.ts";
import { CliError } from "./failure.ts";
import type { Io } from "./io.ts";

/** A log of its own choice has a remedy of its own; the one in the data directory stands or falls with that. */
function cannotWrite({ dataDir, log: { destination } }: Config, error: unknown): CliError | OfficeError {
  const code = String((error as NodeJS.ErrnoException).code);
  return dirname(destination) === dataDir
    ? dataDirectoryError(dataDir, { code, isMaking: true, cause: error })
    : new CliError(
        "config",
        `the log ${destination} cannot be written (${code}); choose another with log.destination or RESTANTE_LOG_DESTINATION`,
        { cause: error },
      );
}

/** In a file, the log is not before anybody's eyes: warnings are then also told on standard error, in words. Throws CliError `config` or OfficeError `data-directory`. */
export function openLog(config: Config, io: Io): OpenLog {
  const { level, destination } = config.log;
  const isFile = destination !== "stderr" && destination !== "stdout";
  try {
    if (isFile) makeFolder(dirname(destination));
    return createLog({ level, destination, ...(isFile ? { people: io.stderr } : {}) });
  } catch (error) {
    throw cannotWrite(config, error);
  }
}
