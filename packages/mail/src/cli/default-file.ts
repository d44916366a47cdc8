// Where the configuration of one person's post office lies unless it is named: in its data directory.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { CONFIG_FILE } from "../config/index.ts";
import { text, type OptionValues } from "./command.ts";
import { CliError } from "./failure.ts";
import type { Io } from "./io.ts";

/** The data directory, and the configuration file that counts; `exists` is false for one that is yet to be written. Throws CliError `usage`. */
export function configurationFile(
  values: OptionValues,
  io: Io,
): { readonly file: string; readonly exists: boolean; readonly isNamed: boolean; readonly data: string } {
  const typed = text(values, "data") ?? io.env["RESTANTE_DATA"];
  // `--data "$UNSET"` would otherwise mean the directory it is typed in.
  if (typed === "")
    throw new CliError(
      "usage",
      "the data directory is named with nothing; write its path, or leave --data out for ./data",
    );
  const data = resolve(typed ?? "data");
  const named = text(values, "config");
  if (named === "") throw new CliError("usage", "the configuration is named with nothing; write its path behind -c");
  const file = named ?? join(data, CONFIG_FILE);
  return { file, exists: named !== undefined || existsSync(file), isNamed: named !== undefined, data };
}

/** What `loadConfig` is to be told of file and data directory. */
export function fileAndData(
  values: OptionValues,
  io: Io,
): {
  readonly file?: string;
  readonly flags: readonly { readonly key: string; readonly flag: string; readonly value: unknown }[];
} {
  const { file, exists, isNamed, data } = configurationFile(values, io);
  const typed = text(values, "data");
  // A file found in the data directory does not get to say where that is.
  const says = typed !== undefined ? `--data ${typed}` : isNamed ? undefined : "the directory of the configuration";
  const flags = says === undefined ? [] : [{ key: "data", flag: says, value: data }];
  return exists ? { file, flags } : { flags };
}
