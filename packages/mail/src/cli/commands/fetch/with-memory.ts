// What the retriever remembers, for the commands that only look at it or mend it.
import { existsSync } from "node:fs";
import { loadConfig, type Config } from "../../../config/index.ts";
import { FetchState, statePath } from "../../../retriever/index.ts";
import type { CommandInput } from "../../command.ts";
import { fileAndData } from "../../default-file.ts";
import { CliError } from "../../failure.ts";
import type { Io } from "../../io.ts";

/** Throws CliError `no-store` when nothing was ever collected there. */
export async function withMemory<T>(
  { values }: CommandInput,
  io: Io,
  run: (state: FetchState, config: Config) => T | Promise<T>,
): Promise<T> {
  const { config } = loadConfig({ ...fileAndData(values, io), env: io.env });
  const path = statePath(config.dataDir);
  if (!existsSync(path)) {
    throw new CliError("no-store", `nothing was ever collected into ${config.dataDir}; name another with --data`);
  }
  const state = FetchState.open(path);
  try {
    return await run(state, config);
  } finally {
    state.close();
  }
}

/** Those named, or all. Throws CliError `no-source` for one nobody remembers. */
export function remembered(state: FetchState, names: readonly string[]): readonly string[] {
  const known = state.sources().map(({ source }) => source);
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined)
    throw new CliError("no-source", `nothing is remembered of ${strange}; fetch state list shows what is`);
  return names.length === 0 ? known : names;
}
