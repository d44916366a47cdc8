// Completion scripts for shells, made from the command table.
import { COMMON_OPTIONS, type CliCommand, type CliOption } from "./command.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

const MAKE: Readonly<Record<Shell, (table: readonly CliCommand[]) => string>> = { bash, zsh, fish };

/** The script that a shell reads once. */
export function completionScript(shell: Shell, table: readonly CliCommand[]): string {
  return MAKE[shell](table);
}

const optionsOf = (command: CliCommand): readonly (readonly [string, CliOption])[] =>
  Object.entries({ ...command.options, ...COMMON_OPTIONS }).filter(([, { hidden }]) => hidden !== true);

/** What may come first, and for a group what may come second. */
function words(table: readonly CliCommand[]): ReadonlyMap<string, readonly string[]> {
  const tree = new Map<string, string[]>([["", []]]);
  for (const { name } of table) {
    const [first = "", second] = name.split(" ");
    if (!tree.get("")?.includes(first)) tree.get("")?.push(first);
    if (second !== undefined) tree.set(first, [...(tree.get(first) ?? []), second]);
  }
  return tree;
}

function bash(table: readonly CliCommand[]): string {
  const tree = words(table);
  const groups = [...tree].filter(([name]) => name !== "");
  const lines = [
    "# bash completion for restante",
    "_restante() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" command="${COMP_WORDS[1]}"',
    `  case "$command" in ${groups.map(([name]) => name).join("|")}) command="$command \${COMP_WORDS[2]}" ;; esac`,
    "  COMPREPLY=()",
    `  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${(tree.get("") ?? []).join(" ")}" -- "$current")); return; fi`,
    '  if [ "$COMP_CWORD" -eq 2 ]; then',
    '    case "${COMP_WORDS[1]}" in',
    ...groups.map(
      ([name, subcommands]) =>
        `      ${name}) COMPREPLY=($(compgen -W "${subcommands.join(" ")}" -- "$current")); return ;;`,
    ),
    "    esac",
    "  fi",
    '  case "$command $before" in',
    ...table.flatMap((command) =>
      optionsOf(command).flatMap(([name, option]) => bashValue(command.name, name, option)),
    ),
    "  esac",
    '  case "$command" in',
    ...table.map(
      (command) =>
        `    "${command.name}") COMPREPLY=($(compgen -W "${bashWords(command)}" -- "$current")${bashFiles(command)}) ;;`,
    ),
    "  esac",
    "}",
    "complete -o filenames -F _restante restante",
  ];
  return `${lines.join("\n")}\n`;
}

function bashValue(command: string, name: string, option: CliOption): readonly string[] {
  if (option.value === undefined) return [];
  const action =
    option.completes === "file"
      ? "-f"
      : option.completes === "directory"
        ? "-d"
        : `-W "${(option.completes ?? []).join(" ")}"`;
  const flags = [`--${name}`, ...(option.short === undefined ? [] : [`-${option.short}`])].map(
    (flag) => `"${command} ${flag}"`,
  );
  return [`    ${flags.join("|")}) COMPREPLY=($(compgen ${action} -- "$current")); return ;;`];
}

function bashWords(command: CliCommand): string {
  const offered = (command.arguments ?? []).flatMap(({ completes }) =>
    Array.isArray(completes) ? (completes as readonly string[]) : [],
  );
  return [...offered, ...optionsOf(command).map(([name]) => `--${name}`), "--help"].join(" ");
}

function bashFiles(command: CliCommand): string {
  const kinds = new Set((command.arguments ?? []).map(({ completes }) => completes));
  if (kinds.has("file")) return ' $(compgen -f -- "$current")';
  return kinds.has("directory") ? ' $(compgen -d -- "$current")' : "";
}

function zsh(table: readonly CliCommand[]): string {
  const tree = words(table);
  const groups = [...tree].filter(([name]) => name !== "");
  const lines = [
    "#compdef restante",
    "_restante() {",
    "  local -a found",
    '  local command="${words[2]}"',
    `  if (( CURRENT == 2 )); then found=(${firstWords(table).map(zshWord).join(" ")}); _describe command found; return; fi`,
    '  case "$command" in',
    ...groups.map(
      ([name]) =>
        `    ${name}) if (( CURRENT == 3 )); then found=(${secondWords(table, name).map(zshWord).join(" ")}); _describe command found; return; fi; command="$command \${words[3]}" ;;`,
    ),
    "  esac",
    '  case "$command" in',
    ...table.map((command) => `    "${command.name}") _arguments ${zshArguments(command).join(" ")} ;;`),
    "  esac",
    "}",
    'if [ "$funcstack[1]" = "_restante" ]; then _restante "$@"; else compdef _restante restante; fi',
  ];
  return `${lines.join("\n")}\n`;
}

type Word = readonly [name: string, summary: string];

function firstWords(table: readonly CliCommand[]): readonly Word[] {
  const seen = new Map<string, string>();
  for (const { name, summary } of table) {
    const [first = "", second] = name.split(" ");
    if (!seen.has(first))
      seen.set(first, second === undefined ? summary : `${[...(words(table).get(first) ?? [])].join(", ")}`);
  }
  return [...seen];
}

function secondWords(table: readonly CliCommand[], group: string): readonly Word[] {
  return table
    .filter(({ name }) => name.startsWith(`${group} `))
    .map(({ name, summary }) => [name.slice(group.length + 1), summary]);
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const zshWord = ([name, summary]: Word): string => quote(`${name}:${summary}`);

function zshArguments(command: CliCommand): readonly string[] {
  const depth = command.name.split(" ").length;
  const options = optionsOf(command).map(([name, option]) => {
    const about = option.summary.replace(/[[\]:]/g, " ");
    return quote(
      `${option.repeatable === true ? "*" : ""}--${name}[${about}]${option.value === undefined ? "" : `:${option.value}:${zshAction(option.completes)}`}`,
    );
  });
  const rest = (command.arguments ?? []).map(({ name, completes }, index) =>
    quote(`${index + 1 + depth}:${name}:${zshAction(completes)}`),
  );
  return [...options, ...rest];
}

function zshAction(completes: CliOption["completes"]): string {
  if (completes === "file") return "_files";
  if (completes === "directory") return "_files -/";
  return completes === undefined ? " " : `(${completes.map((word) => word.replaceAll(" ", "\\ ")).join(" ")})`;
}

function fish(table: readonly CliCommand[]): string {
  const lines = ["# fish completion for restante", "complete -c restante -f"];
  for (const [name, summary] of firstWords(table))
    lines.push(`complete -c restante -n __fish_use_subcommand -a ${name} -d ${quote(summary)}`);
  for (const command of table) {
    const [first = "", second] = command.name.split(" ");
    const here =
      second === undefined
        ? `__fish_seen_subcommand_from ${first}`
        : `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`;
    if (second !== undefined) {
      const siblings = secondWords(table, first).map(([name]) => name);
      lines.push(
        `complete -c restante -n ${quote(`__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${siblings.join(" ")}`)} -a ${second} -d ${quote(command.summary)}`,
      );
    }
    for (const [name, option] of optionsOf(command))
      lines.push(
        `complete -c restante -n ${quote(here)} -l ${name}${option.short === undefined ? "" : ` -s ${option.short}`}${fishValue(option)} -d ${quote(option.summary)}`,
      );
    for (const { completes } of command.arguments ?? []) {
      if (completes !== undefined)
        lines.push(
          `complete -c restante -n ${quote(here)} ${Array.isArray(completes) ? `-a ${quote((completes as readonly string[]).join(" "))}` : "-F"}`,
        );
    }
  }
  return `${lines.join("\n")}\n`;
}

function fishValue({ value, completes }: CliOption): string {
  if (value === undefined) return "";
  if (completes === "file" || completes === "directory") return " -r -F";
  return completes === undefined ? " -x" : ` -x -a ${quote((completes as readonly string[]).join(" "))}`;
}
