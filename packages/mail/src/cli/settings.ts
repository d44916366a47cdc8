// The configuration a command works with: a file, the environment, and --data.
import { loadConfig, renderProblem, type Loaded } from "../config/index.ts";
import { text, type CliOption, type OptionValues } from "./command.ts";
import { CliError } from "./failure.ts";
import { warn, type Io } from "./io.ts";

/** Options of every command that works on a data directory. */
export const HOUSE_OPTIONS: Readonly<Record<string, CliOption>> = {
  data: { value: "DIR", summary: "the data directory (default ./data)", completes: "directory" },
  config: { short: "c", value: "FILE", summary: "the configuration file, when it is used with one", completes: "file" },
};

/** Options of the commands that only look at the configuration. */
export const CONFIG_OPTIONS: Readonly<Record<string, CliOption>> = {
  config: {
    short: "c",
    value: "FILE",
    summary: "the configuration file; without one, only the environment",
    completes: "file",
  },
};

/** What `up` and the commands beside it mean when nothing is said: a trial or one person's own post office. */
export const PERSONAL_DEFAULTS: Readonly<Record<string, unknown>> = { pop_delete: "trash 30d" };

/** Throws ConfigError. */
export function loadSettings(
  values: OptionValues,
  io: Io,
  o: {
    readonly flags?: readonly { readonly key: string; readonly flag: string; readonly value: unknown }[];
    readonly defaults?: Readonly<Record<string, unknown>>;
  } = {},
): Loaded {
  const file = text(values, "config");
  const data = text(values, "data");
  if (file === "") throw new CliError("usage", "the configuration is named with nothing; write its path behind -c");
  return loadConfig({
    ...(file === undefined ? {} : { file }),
    env: io.env,
    defaults: o.defaults ?? (file === undefined ? PERSONAL_DEFAULTS : {}),
    flags: [...(data === undefined ? [] : [{ key: "data", flag: `--data ${data}`, value: data }]), ...(o.flags ?? [])],
  });
}

/** One line each on standard error. */
export function tellWarnings(loaded: Loaded, io: Io): void {
  for (const warning of loaded.warnings) warn(io, `warning: ${renderProblem(warning)}`);
}

/** Reads the configuration again and again, and tells what there was no reason to warn of the time before. */
export function readAgain(read: () => Loaded, first: Loaded, io: Io): () => Loaded["config"] {
  let before = first;
  return () => {
    const loaded = read();
    const told = before.warnings.map(({ text }) => text);
    tellWarnings({ ...loaded, warnings: loaded.warnings.filter(({ text }) => !told.includes(text)) }, io);
    before = loaded;
    return loaded.config;
  };
}
