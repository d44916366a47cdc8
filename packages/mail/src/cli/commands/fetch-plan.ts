import {
  exitOf,
  planSource,
  worstOf,
  type FetchExit,
  type QuestionKind,
  type SourcePlan,
} from "../../retriever/index.ts";
import { isSet, type CliCommand } from "../command.ts";
import { printJson, printLine, printTable, type Io } from "../io.ts";
import {
  chosenSources,
  FETCH_OPTIONS,
  refuseStrayOptions,
  SOURCES_ARGUMENT,
  TYPED_SOURCE_OPTIONS,
} from "./fetch/options.ts";
import { eachSource } from "./fetch/each-source.ts";
import { withFetchHouse } from "./fetch/with-house.ts";

export const fetchPlan: CliCommand = {
  name: "fetch plan",
  summary: "say for each message what a run would do with it, and why; nothing is changed",
  arguments: [SOURCES_ARGUMENT],
  options: {
    ...FETCH_OPTIONS,
    changes: { summary: "leave out the messages that would be skipped" },
    ...TYPED_SOURCE_OPTIONS,
  },
  examples: ["restante fetch plan", "restante fetch plan work --changes", "restante fetch plan --json | jq .questions"],
  async run(input, io) {
    refuseStrayOptions(input);
    const { config, sources } = chosenSources(input, io);
    const isJson = isSet(input.values, "json");
    const exits = await withFetchHouse({ config, sources, io }, (house) =>
      eachSource({
        sources,
        io,
        house,
        look: (source) => planSource(source, house),
        told: (plan): FetchExit => {
          if (isJson) printJson(io, plan);
          else tell(plan, io, isSet(input.values, "changes"));
          return 0;
        },
        failed: (error) => exitOf(error),
        isJson,
      }),
    );
    return worstOf(exits);
  },
};

function tell({ source, messages, questions, warnings }: SourcePlan, io: Io, onlyChanges: boolean): void {
  const shown = onlyChanges ? messages.filter(({ action }) => action !== "skip") : messages;
  const count = (action: string): number => messages.filter((message) => message.action === action).length;
  printLine(
    io,
    `${source}: ${messages.length} there: ${count("fetch")} to fetch, ${count("headers")} headers only, ${count("delete")} to remove, ${count("skip")} to leave.`,
  );
  if (shown.length > 0)
    printTable(
      io,
      ["number", "unique-id", "octets", "action", "why"],
      shown.map(({ n, uniqueId, octets, action, why, thenDelete }) => [
        n,
        uniqueId,
        octets,
        thenDelete === undefined ? action : `${action}, delete`,
        thenDelete === undefined ? why : `${why}; then removed: ${thenDelete}`,
      ]),
    );
  for (const { text } of warnings) printLine(io, `warning: ${text}`);
  for (const { kind, text } of questions) printLine(io, QUESTION_LINES[kind](text, source));
}

const QUESTION_LINES: Readonly<Record<QuestionKind, (text: string, source: string) => string>> = {
  many: (text) => `would ask: ${text} (--allow many)`,
  clock: (text) => `would ask: ${text} (--allow clock)`,
  restored: (text) => `would ask: ${text} (--allow restored)`,
  migration: (text, source) =>
    `to decide: ${text} A run does; restante fetch state mark-seen ${source} leaves all of them`,
};
