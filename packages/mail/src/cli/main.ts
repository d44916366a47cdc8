// The command `restante`.
import { realpathSync } from "node:fs";
import { programVersion } from "../observe/index.ts";
import { CliError, codeOf, reportFailure } from "./failure.ts";
import { EXIT } from "./exit-codes.ts";
import { isSet, type CliCommand } from "./command.ts";
import type { Io } from "./io.ts";
import { CommanderError, createProgram, type Chosen } from "./program.ts";
import { COMMAND_NAMES, loadCommands, namedBy } from "./table.ts";

/** Runs what was typed and sets the exit code; ends by itself when nothing is left to do. */
export async function main(argv: readonly string[] = process.argv.slice(2)): Promise<void> {
  const io: Io = process;
  // A reader that has seen enough (`restante account list | head`) is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    process.stderr.write(`restante: standard output cannot be written (${error.code}); make room where it goes\n`);
    process.exit(EXIT.IOERR);
  });
  process.exitCode = await run(argv, io);
}

/** Resolves with the exit code. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let debug = argv.includes("--debug");
  try {
    const chosen = parse(argv, { table: await loadCommands(namedBy(argv)), io });
    if (chosen === undefined) return EXIT.OK;
    debug = isSet(chosen.input.values, "debug");
    return await chosen.command.run(chosen.input, io);
  } catch (error) {
    return reportFailure(error, { io, debug });
  }
}

/** Undefined when help or version was printed. Throws CliError `usage`. */
function parse(
  argv: readonly string[],
  { table, io }: { readonly table: readonly CliCommand[]; readonly io: Io },
): Chosen | undefined {
  let chosen: Chosen | undefined;
  const program = createProgram(table, {
    version: programVersion(),
    choose: (found) => {
      chosen = found;
    },
    write: (text) => io.stdout.write(text),
  });
  try {
    program.parse(argv.length === 0 ? ["help"] : [...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new CliError("usage", usageText(error, argv));
  }
  return chosen;
}

function usageText(error: CommanderError, argv: readonly string[]): string {
  const words = argv.filter((word) => /^[a-z][a-z-]*$/.test(word));
  const known = COMMAND_NAMES.find((name) => name.split(" ").every((word, index) => words[index] === word));
  const group = COMMAND_NAMES.some((name) => name.startsWith(`${words[0] ?? ""} `)) ? words[0] : undefined;
  const help = ["restante", known ?? group, "--help"].filter((word) => word !== undefined).join(" ");
  // A group without its subcommand makes commander print help and say nothing.
  if (codeOf(error) === "commander.help") {
    const asked = argv[argv.indexOf("help") + 1];
    return argv.includes("help") && asked !== undefined
      ? `unknown command '${asked}'; ${help} lists those there are`
      : `${group ?? "restante"} needs a subcommand; ${help} lists them`;
  }
  const text = error.message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .replace(/[\s.]+$/, "");
  return `${text}; ${help} shows how it is used`;
}

function isProgram(): boolean {
  const program = process.argv[1];
  return program !== undefined && realpathSync(program) === import.meta.filename;
}

if (isProgram()) await main();
