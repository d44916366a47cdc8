// Makes the parser and its help from the command table.
import { Command, CommanderError, Option } from "commander";
import { EXIT_MEANS } from "./exit-codes.ts";
import { COMMON_OPTIONS, type CliCommand, type CliOption, type CommandInput } from "./command.ts";

const GROUPS: Readonly<Record<string, string>> = {
  account: "who may log in",
  address: "which addresses deliver to whom",
  config: "check and explain the configuration",
  pop: "talk to any POP3 server",
  mail: "read and sort the mail of a running post office",
  fetch: "collect mail from other maildrops",
};

export type Chosen = { readonly command: CliCommand; readonly input: CommandInput };

/** The parser of a table; `choose` is told what was typed. It throws CommanderError instead of ending the process. */
export function createProgram(
  table: readonly CliCommand[],
  o: { readonly version: string; readonly choose: (chosen: Chosen) => void; readonly write: (text: string) => void },
): Command {
  const program = new Command("restante")
    .description(
      "Mail that waits at the post office until its owner calls for it: collects, keeps and serves mail over POP.",
    )
    .version(o.version, "-V, --version", "print the version")
    .helpCommand("help [command]", "show how a command is used")
    .showSuggestionAfterError(true)
    .addHelpText(
      "after",
      `\nStart with \`restante up --demo\`; \`restante COMMAND --help\` has examples.\n\n${exitCodes()}`,
    );
  const settings = (command: Command): Command =>
    command
      .exitOverride()
      .configureOutput({ writeOut: o.write, writeErr: () => undefined })
      // Lists beside a long term are wrapped, too: commander leaves columns of fewer than 40 characters in one line.
      .configureHelp({ minWidthToWrap: 20 });
  settings(program);
  const groups = new Map<string, Command>();
  for (const row of table) {
    const words = row.name.split(" ");
    const leaf = words.at(-1) ?? row.name;
    const parent =
      words.length === 1
        ? program
        : (groups.get(words[0] ?? "") ?? addGroup(program, words[0] ?? "", { groups, settings }));
    addCommand(settings(parent.command(leaf)), row, o.choose);
  }
  return program;
}

function exitCodes(): string {
  const lines = Object.entries(EXIT_MEANS).map(([code, means]) => `  ${code.padEnd(4)}${means}`);
  return ["Exit codes:", ...lines].join("\n");
}

function addGroup(
  program: Command,
  name: string,
  o: { readonly groups: Map<string, Command>; readonly settings: (command: Command) => Command },
): Command {
  const group = o.settings(program.command(name)).description(GROUPS[name] ?? name);
  o.groups.set(name, group);
  return group;
}

function addCommand(command: Command, row: CliCommand, choose: (chosen: Chosen) => void): void {
  command.description(row.summary);
  for (const { name, summary, optional, many } of row.arguments ?? [])
    command.argument(many === true ? `[${name}...]` : optional === true ? `[${name}]` : `<${name}>`, summary);
  for (const [name, option] of Object.entries({ ...row.options, ...COMMON_OPTIONS }))
    command.addOption(toOption(name, option));
  command.addHelpText("after", `\nExamples:\n${row.examples.map((example) => `  $ ${example}`).join("\n")}`);
  command.action((...given: unknown[]) => {
    const values = (given.at(-2) ?? {}) as Record<string, string | boolean | string[]>;
    const named = (row.arguments ?? []).map(({ name, many }, index) => ({ name, many, value: given[index] }));
    const single = named.filter(({ many }) => many !== true).map(({ name, value }) => [name, value as string]);
    const lists = named.filter(({ many }) => many === true).map(({ name, value }) => [name, value as string[]]);
    const input = { arguments: Object.fromEntries(single), lists: Object.fromEntries(lists) };
    choose({ command: row, input: { ...input, values: keyedByFlag(row, values) } });
  });
}

function toOption(name: string, { short, value, summary, repeatable, hidden }: CliOption): Option {
  const flags = `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` <${value}>`}`;
  const option = new Option(flags, summary).hideHelp(hidden === true);
  if (repeatable === true)
    option.argParser((next: string, before: readonly string[] | undefined) => [...(before ?? []), next]);
  return option;
}

/** commander calls `--password-stdin` passwordStdin; the table calls it by its flag. */
function keyedByFlag(
  row: CliCommand,
  values: Readonly<Record<string, string | boolean | string[]>>,
): CommandInput["values"] {
  const names = Object.keys({ ...row.options, ...COMMON_OPTIONS });
  return Object.fromEntries(
    names.map((name) => [name, values[name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())]]),
  );
}

export { CommanderError };
