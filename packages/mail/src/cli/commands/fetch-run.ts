import {
  exitOfRun,
  RUN_QUESTIONS,
  type Allowed,
  runSources,
  saidYes,
  type FetchHouse,
  type RunQuestionKind,
  type SourceReport,
} from "../../retriever/index.ts";
import type { SourceConfig } from "../../config/index.ts";
import { askLine } from "../ask.ts";
import { isSet, texts, type CliCommand, type OptionValues } from "../command.ts";
import { CliError } from "../failure.ts";
import { printJson, printLine, type Io } from "../io.ts";
import { Bars } from "./fetch/bars.ts";
import {
  chosenSources,
  FETCH_OPTIONS,
  refuseStrayOptions,
  SOURCES_ARGUMENT,
  TYPED_SOURCE_OPTIONS,
} from "./fetch/options.ts";
import { summaryOf } from "./fetch/summary.ts";
import { withFetchHouse } from "./fetch/with-house.ts";

export const fetchRun: CliCommand = {
  name: "fetch run",
  summary: "collect mail once: losing none, doubling none, removing there only what is safely here",
  arguments: [SOURCES_ARGUMENT],
  options: {
    ...FETCH_OPTIONS,
    allow: {
      value: "QUESTION",
      repeatable: true,
      summary: "answer yes to what a run stops for: many, clock or restored",
      completes: RUN_QUESTIONS,
    },
    "fail-on-empty": { summary: "exit with 1 when there was no new mail" },
    trace: { summary: "show the conversations on standard error, secrets masked" },
    ...TYPED_SOURCE_OPTIONS,
  },
  examples: [
    "restante fetch run",
    "restante fetch run work -c /etc/restante.toml --json",
    "restante fetch run pops://anna@pop.example.org --account anna",
  ],
  async run(input, io) {
    const { values } = input;
    refuseStrayOptions(input);
    const allowed = allowedQuestions(values);
    const { config, sources } = chosenSources(input, io);
    const isJson = isSet(values, "json");
    const bars = new Bars({ io, sources: sources.map(({ name }) => name), isQuiet: isJson });
    const house = {
      config,
      sources,
      io,
      allowed,
      onEvent: (event: Parameters<Bars["take"]>[0]) => bars.take(event),
      onStop: () => bars.say("restante: stopping; once more ends at once"),
    };
    const trace = isSet(values, "trace") ? tracer(io, bars) : undefined;
    return withFetchHouse({ ...house, ...(trace && { trace }) }, async (open) => {
      const reports = await runSources(sources, open);
      bars.clear();
      const final = isJson ? reports : await askAndGoOn({ reports, sources, house: open, io, bars });
      if (isJson) for (const report of reports) printJson(io, report);
      return exitOfRun(final, { failOnEmpty: isSet(values, "fail-on-empty") });
    });
  },
};

function allowedQuestions(values: OptionValues): Allowed {
  const written = texts(values, "allow");
  const unknown = written.find((word) => !RUN_QUESTIONS.some((kind) => kind === word));
  if (unknown !== undefined)
    throw new CliError("usage", `--allow ${unknown} is no question; write one of ${RUN_QUESTIONS.join(", ")}`);
  return new Map(RUN_QUESTIONS.filter((kind) => written.includes(kind)).map((kind) => [kind, Infinity]));
}

interface Asking {
  readonly reports: readonly SourceReport[];
  readonly sources: readonly SourceConfig[];
  readonly house: FetchHouse;
  readonly io: Io;
  readonly bars: Bars;
}

/** Tells what came of it. Where a person is, questions are asked there and then, and a yes runs that source again. */
async function askAndGoOn({ reports, sources, house, io, bars }: Asking): Promise<readonly SourceReport[]> {
  const isPerson = io.stdin.isTTY === true && io.stderr.isTTY === true && !house.signal.aborted;
  const final: SourceReport[] = [];
  for (const [index, report] of reports.entries()) {
    for (const line of summaryOf(report)) printLine(io, line);
    const source = sources[index];
    const yes: Allowed = isPerson && source !== undefined ? await askQuestions(report, io) : new Map();
    if (yes.size === 0 || source === undefined) {
      final.push(report);
      continue;
    }
    const [again] = await runSources([source], { ...house, allowed: new Map([...(house.allowed ?? []), ...yes]) });
    bars.clear();
    if (again === undefined) throw new Error("a run of one source has one report");
    for (const line of summaryOf(again)) printLine(io, line);
    final.push(again);
  }
  return final;
}

/** Those that were answered with yes, about as many messages as they said. */
async function askQuestions(report: SourceReport, io: Io): Promise<Allowed> {
  const yes: (readonly [RunQuestionKind, number])[] = [];
  for (const question of report.questions) {
    const said = await askLine(io, `${report.source}: ${question.text} [y/N] `);
    if (/^y(?:es)?$/i.test(said.trim())) yes.push(saidYes(question));
  }
  return new Map(yes);
}

function tracer(io: Io, bars: Bars): NonNullable<FetchHouse["trace"]> {
  return (source, { from, line, octets }) => {
    bars.clear();
    io.stderr.write(`${source} ${from === "client" ? "C" : "S"}: ${line ?? `(${octets ?? 0} octets)`}\n`);
  };
}
