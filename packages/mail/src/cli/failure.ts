// How a command that failed says so: one line with the next step, an exit code, and no stack unless asked for.
import { ConfigError, ConfigFileError, renderProblem } from "../config/index.ts";
import { EXIT, EXIT_OF, type ExitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { POP_EXITS } from "./pop-exits.ts";

/** A refusal of the command line's own. The text says what to do next. */
export class CliError extends Error {
  readonly code: string;
  constructor(code: keyof typeof EXIT_OF, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "CliError";
    this.code = code;
  }
}

/** What to do about a refusal of the store, whose texts are for a log. */
const NEXT_STEP: Readonly<Record<string, string>> = {
  NO_SUCH_ACCOUNT: "restante account list shows those there are",
  NO_SUCH_MESSAGE: "restante mail list shows those there are",
  OVER_QUOTA: "remove mail, or give it more with restante account quota",
  STORE_FULL: "make room on the disk of the data directory, then try again",
  STORE_UNAVAILABLE: "try again; if it stays so, restante doctor says more",
  STORE_BROKEN: "restante doctor says what is damaged",
};

/** Codes whose texts already say what to do. */
const EXPLAINED: ReadonlySet<string> = new Set([...Object.keys(EXIT_OF), ...Object.keys(POP_EXITS)]);

/** Tells it and gives the exit code. A configuration's mistakes have a line each. */
export function reportFailure(error: unknown, o: { readonly io: Io; readonly debug: boolean }): number {
  const code = codeOf(error);
  for (const line of linesOf(error, code)) o.io.stderr.write(`${line}\n`);
  if (o.debug && error instanceof Error) o.io.stderr.write(`${describeStack(error)}\n`);
  return exitCodeOf(error) ?? EXIT_OF[code] ?? (POP_EXITS as Readonly<Record<string, ExitCode>>)[code] ?? EXIT.SOFTWARE;
}

export function codeOf(error: unknown): string {
  if (error instanceof ConfigError) return "config";
  if (error instanceof ConfigFileError) return "no-target";
  const code = error instanceof Error ? (error as { readonly code?: unknown }).code : undefined;
  return typeof code === "string" ? code : "internal";
}

/** Errors of collecting know their exit code, and say what to do; their folder is not loaded for those who collect nothing. */
function exitCodeOf(error: unknown): number | undefined {
  const { exitCode } = error instanceof Error ? (error as { readonly exitCode?: unknown }) : {};
  return typeof exitCode === "number" ? exitCode : undefined;
}

function linesOf(error: unknown, code: string): readonly string[] {
  if (error instanceof ConfigError) return error.problems.map(renderProblem);
  const refused = refusedFile(error, code);
  if (refused !== undefined) return [`restante: ${refused}`];
  const isExplained = EXPLAINED.has(code) || exitCodeOf(error) !== undefined;
  const message = (error instanceof Error ? error.message : String(error)).replace(/\p{Cc}+/gu, " ");
  // Texts of the command line and of collecting say it themselves.
  const next = exitCodeOf(error) !== undefined || error instanceof CliError ? undefined : NEXT_STEP[code];
  if (next !== undefined) return [`restante: ${message}; ${next}`];
  return [`restante: ${message}${isExplained ? "" : "; run it again with --debug to see where this comes from"}`];
}

/** The commonest slip of an operator: a command that is run as another user than the post office. */
function refusedFile(error: unknown, code: string): string | undefined {
  if (code !== "EACCES" && code !== "EPERM") return undefined;
  const { path, message } = error as NodeJS.ErrnoException;
  return `${path ?? message} is not this user's to use (${code}); run this as the user it belongs to, with sudo -u USER`;
}

function describeStack(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${describeStack(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
