import {
  adviceForLook,
  exportState,
  exitOf,
  FetchError,
  markSeen,
  RESTORED_TEXTS,
  withoutRuns,
  type FetchState,
  type SourceFacts,
} from "../../retriever/index.ts";
import { argument, isSet, texts, type CliCommand, type CommandInput } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { printJson, printLine, printTable, type Io } from "../io.ts";
import { toSecond } from "../moments.ts";
import { tellFailedLook } from "./fetch/each-source.ts";
import { chosenSources, FETCH_OPTIONS } from "./fetch/options.ts";
import { withFetchHouse } from "./fetch/with-house.ts";
import { remembered, withMemory } from "./fetch/with-memory.ts";

type Action = (input: CommandInput, io: Io) => Promise<number>;

export const fetchState: CliCommand = {
  name: "fetch state",
  summary: "look at what is remembered of sources, or mend it: list, export, forget, mark-seen",
  arguments: [
    {
      name: "action",
      summary: "list, export, forget or mark-seen",
      completes: ["list", "export", "forget", "mark-seen"],
    },
    { name: "sources", summary: "names of sources", many: true },
  ],
  options: {
    "unique-id": {
      value: "ID",
      repeatable: true,
      summary: "forget: all messages with this unique-id, so that they are collected again",
    },
    quarantined: { summary: "forget: the messages that failed too often, so that they are tried again" },
    all: {
      summary:
        "forget: everything of the source, also which headers are here; the next run collects all that is there again",
    },
    ...FETCH_OPTIONS,
  },
  examples: [
    "restante fetch state list",
    "restante fetch state export work > work.jsonl",
    "restante fetch state forget work --quarantined",
    "restante fetch state mark-seen work",
  ],
  run(input, io) {
    const named = argument(input, "action");
    const action = ACTIONS[named];
    if (action === undefined)
      throw new CliError("usage", `fetch state ${named} is unknown; write ${Object.keys(ACTIONS).join(", ")}`);
    const stray = named === "forget" ? undefined : OF_FORGET.find((name) => isGiven(input.values, name));
    if (stray !== undefined) throw new CliError("usage", `--${stray} belongs to fetch state forget; leave it out`);
    return action(input, io);
  },
};

const OF_FORGET = ["unique-id", "quarantined", "all"] as const;

function isGiven(values: CommandInput["values"], name: string): boolean {
  return isSet(values, name) || texts(values, name).length > 0;
}

const ACTIONS: Readonly<Record<string, Action>> = { list, export: exported, forget, "mark-seen": seen };

async function list(input: CommandInput, io: Io): Promise<number> {
  return withMemory(input, io, (state) => {
    const names = remembered(state, input.lists["sources"] ?? []);
    const rows = state
      .sources()
      .filter(({ source }) => names.includes(source))
      .map((facts) => ({ ...facts, ...counts(state, facts) }));
    if (isSet(input.values, "json")) for (const row of rows) printJson(io, row);
    else
      printTable(
        io,
        ["source", "at", "last run", "outcome", "known", "collected", "quarantined"],
        rows.map((row) => [
          row.source,
          row.endpoint,
          row.lastRunAt === undefined ? "never" : toSecond(row.lastRunAt),
          row.lastOutcome ?? "-",
          row.known,
          row.collected,
          row.quarantined,
        ]),
      );
    for (const { source } of rows) {
      const restored = state.restored(source);
      if (restored !== undefined && !isSet(input.values, "json"))
        printLine(
          io,
          `${source}: ${RESTORED_TEXTS[restored]}: nothing old is removed there until restante fetch run ${source} --allow restored`,
        );
    }
    return EXIT.OK;
  });
}

function counts(state: FetchState, { source }: SourceFacts) {
  const known = state.known(source);
  const of = (name: string): number => known.filter((message) => message.state === name).length;
  return { known: known.length, collected: of("collected"), quarantined: of("quarantined") };
}

async function exported(input: CommandInput, io: Io): Promise<number> {
  return withMemory(input, io, (state) => {
    for (const name of remembered(state, input.lists["sources"] ?? []))
      for (const row of exportState(state, name)) printJson(io, row);
    return EXIT.OK;
  });
}

async function forget(input: CommandInput, io: Io): Promise<number> {
  const { values } = input;
  const names = input.lists["sources"] ?? [];
  const uniqueIds = texts(values, "unique-id");
  const [isQuarantined, isAll] = [isSet(values, "quarantined"), isSet(values, "all")];
  if (names.length === 0) throw new CliError("usage", "forget needs the name of a source; fetch state list shows them");
  if ([uniqueIds.length > 0, isQuarantined, isAll].filter(Boolean).length !== 1)
    throw new CliError("usage", "say what to forget: --unique-id ID, --quarantined or --all");
  const forgetOf = (state: FetchState, name: string): number =>
    isAll ? forgetAll(state, name) : state.forget(name, isQuarantined ? { quarantinedOnly: true } : { uniqueIds });
  return withMemory(input, io, (state, { dataDir }) => {
    for (const name of remembered(state, names)) {
      try {
        const count = withoutRuns(dataDir, name, () => forgetOf(state, name));
        if (isSet(values, "json")) printJson(io, { source: name, forgotten: count });
        else if (count > 0)
          printLine(io, `${name}: ${count} forgotten; the next run collects them again if they are there.`);
        else printLine(io, `${name}: nothing forgotten; ${none(values, name)}`);
      } catch (error) {
        if (!(error instanceof FetchError)) throw error;
        io.stderr.write(`restante: ${error.message}\n`);
        return exitOf(error);
      }
    }
    return EXIT.OK;
  });
}

function none(values: CommandInput["values"], name: string): string {
  if (isSet(values, "all")) return "nothing is remembered of it.";
  if (isSet(values, "quarantined")) return "none of its messages is quarantined.";
  return `no message of it has that unique-id: restante fetch state export ${name} lists them.`;
}

function forgetAll(state: FetchState, name: string): number {
  const count = state.known(name).length;
  state.forgetSource(name);
  return count;
}

async function seen(input: CommandInput, io: Io): Promise<number> {
  if ((input.lists["sources"] ?? []).length === 0)
    throw new CliError("usage", "mark-seen needs the name of a source: all that is there now is then no news");
  const { config, sources } = chosenSources(input, io);
  return withFetchHouse({ config, sources, io }, async (house) => {
    for (const source of sources) {
      try {
        const count = await markSeen(source, house);
        if (isSet(input.values, "json")) printJson(io, { source: source.name, markedSeen: count });
        else printLine(io, `${source.name}: ${count} marked as seen; they will not be collected, and never removed.`);
      } catch (error) {
        tellFailedLook(io, { source, error, advice: adviceForLook(source, error, house) });
        return exitOf(error);
      }
    }
    return EXIT.OK;
  });
}
