// The options of `restante fetch ...`, and the sources they mean.
import { existsSync } from "node:fs";
import { loadConfig, renderProblem, sameMailboxes, type Config, type SourceConfig } from "../../../config/index.ts";
import { chooseSources, endpointOf, FetchState, statePath } from "../../../retriever/index.ts";
import { isSet, text, texts, type CliArgument, type CliOption, type CommandInput } from "../../command.ts";
import { configurationFile, fileAndData } from "../../default-file.ts";
import { CliError } from "../../failure.ts";
import { warn, type Io } from "../../io.ts";
import { PERSONAL_DEFAULTS } from "../../settings.ts";
import { typedSource } from "./typed-source.ts";

export const SOURCES_ARGUMENT: CliArgument = {
  name: "sources",
  summary: "names of sources, or pops://USER@HOST with --account or --maildir; all enabled ones unless given",
  many: true,
};

export const FETCH_OPTIONS: Readonly<Record<string, CliOption>> = {
  config: {
    short: "c",
    value: "FILE",
    summary: "the configuration file (default restante.toml in the data directory)",
    completes: "file",
  },
  data: { value: "DIR", summary: "the data directory (default ./data)", completes: "directory" },
};

/** For a source that stands in no file. */
export const TYPED_SOURCE_OPTIONS: Readonly<Record<string, CliOption>> = {
  account: { short: "a", value: "NAME", summary: "with a URL: the account here whose mail it becomes" },
  maildir: { value: "DIR", summary: "with a URL: the Maildir it goes into", completes: "directory" },
  keep: {
    value: "TIME",
    summary: "with a URL: how long mail stays there: forever (default), 0 (removed once it is safely here), or say 14d",
  },
  "password-command": { value: "COMMAND", summary: "with a URL: a shell command whose output is the password" },
  pin: {
    value: "PIN",
    repeatable: true,
    summary: "with a URL: trust exactly this certificate; fetch serverinfo HOST shows what to write",
  },
  "allow-cleartext": { summary: "with a URL: let the password go out without TLS" },
};

export interface Chosen {
  readonly config: Config;
  readonly sources: readonly SourceConfig[];
}

/** Reads the configuration and chooses. Throws ConfigError, FetchError `no-such-source`, CliError. */
export function chosenSources(input: CommandInput, io: Io): Chosen {
  const { values } = input;
  const given = input.lists["sources"] ?? [];
  const typed = given.filter((word) => word.includes("://")).map((url) => typedSource(url, values, io));
  const { file, flags } = fileAndData(values, io);
  const { config, warnings } = loadConfig({
    ...(file === undefined ? {} : { file }),
    env: io.env,
    defaults: file === undefined ? PERSONAL_DEFAULTS : {},
    flags: [...flags, ...typed.map(({ name, shown, value }) => ({ key: `source.${name}`, flag: shown, value }))],
  });
  const byUrl = new Map(typed.map(({ url, name }) => [url, name]));
  const names = given.map((word) => byUrl.get(word) ?? word);
  const chosen = chooseSources(config.sources, names);
  const all = config.sources.map((source) => {
    const url = typed.find(({ name }) => name === source.name);
    return url === undefined ? source : { ...source, name: nameBefore(config, source, url.otherNames) };
  });
  const sources = onePerName(chosen.map((source) => all[config.sources.indexOf(source)] ?? source));
  if (sources.length === 0) throw noSource(config, configurationFile(values, io).file);
  // Of the rest of the file nothing matters here.
  for (const warning of warnings.filter(({ origin }) => origin.kind === "environment"))
    warn(io, `warning: ${renderProblem(warning)}`);
  // Under the names that they run as: one that goes on as another is no second one.
  tellSameMailboxes(onePerName(all), sources, io);
  return { config, sources };
}

/** What is typed stands in the place of what it goes on as. */
function onePerName(sources: readonly SourceConfig[]): readonly SourceConfig[] {
  return [...new Map(sources.map((source) => [source.name, source])).values()];
}

/** Those of all sources that one of the chosen ones is in. */
export function tellSameMailboxes(
  all: readonly SourceConfig[],
  chosen: readonly Pick<SourceConfig, "name">[],
  io: Io,
): void {
  for (const { sources, text: line } of sameMailboxes(all))
    if (chosen.some(({ name }) => sources.includes(name))) warn(io, `warning: ${line}`);
}

/**
 * Under which name mail of a URL's mailbox was collected before: by another it would come again. One that a source of the
 * file goes on under is its own, unless it was given to the mailbox for a URL.
 */
function nameBefore({ dataDir, sources }: Config, source: SourceConfig, others: readonly string[]): string {
  const path = statePath(dataDir);
  if (!existsSync(path)) return source.name;
  const state = FetchState.open(path);
  try {
    const before = state.namesOf(
      endpointOf(source),
      source.destinations.map(({ to }) => to),
    );
    const isFree = (name: string): boolean => !sources.some((one) => one.enabled && one.name === name);
    const ofUrls = [source.name, ...others].find((name) => before.includes(name));
    return ofUrls ?? before.find(isFree) ?? source.name;
  } finally {
    state.close();
  }
}

function noSource({ sources }: Config, file: string): CliError {
  return new CliError(
    "config",
    sources.length === 0
      ? `${file} names no source; restante fetch setup ADDRESS writes one, restante fetch run URL --account NAME needs none`
      : `no source of ${file} is enabled; name one, or set enabled = true`,
  );
}

/** Given options that only a URL takes, and no URL. Throws CliError `usage`. */
export function refuseStrayOptions({ values, lists }: CommandInput): void {
  if ((lists["sources"] ?? []).some((word) => word.includes("://"))) return;
  for (const name of Object.keys(TYPED_SOURCE_OPTIONS)) {
    if (text(values, name) !== undefined || isSet(values, name) || texts(values, name).length > 0)
      throw new CliError("usage", `--${name} belongs to a URL; for a named source write it into the configuration`);
  }
}
