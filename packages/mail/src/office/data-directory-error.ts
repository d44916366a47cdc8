// Why a data directory cannot be used, and what a person does about it.
import { OfficeError } from "./office-error.ts";

const NO_DIRECTORY = "no directory can be made at that place; choose another with --data";
const NO_ROOM = "make room on its disk, then try again";

/** By the system's code for what it refused of the directory itself. */
const MAKING: Readonly<Record<string, string>> = {
  EEXIST: "it is a file and no directory; choose another with --data",
  ENOTDIR: NO_DIRECTORY,
  ENOENT: NO_DIRECTORY,
};

/** The same of it or of anything in it. */
const REMEDIES: Readonly<Record<string, string>> = {
  EROFS: "its disk can only be read; choose another with --data",
  ENOSPC: NO_ROOM,
  EDQUOT: NO_ROOM,
};

interface Refusal {
  /** The system's, such as ENOSPC; "" for none. */
  readonly code: string;
  /** The directory was to be made. */
  readonly isMaking?: boolean;
  /** What the person reads in place of the code. */
  readonly reason?: string;
  readonly cause: unknown;
}

/** An OfficeError `data-directory`, to be thrown. */
export function dataDirectoryError(dataDir: string, o: Refusal): OfficeError {
  const { code, reason = code, isMaking = false, cause } = o;
  const remedy =
    (isMaking ? MAKING[code] : undefined) ??
    REMEDIES[code] ??
    "run this as the user everything in it belongs to, or choose another with --data";
  return new OfficeError("data-directory", `the data directory ${dataDir} cannot be used (${reason}); ${remedy}`, {
    cause,
  });
}
