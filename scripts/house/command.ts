// Runs a tool of node_modules/.bin and gives back what it said.
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout this script stands in. */
export const root: string = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

const bin = join(root, "node_modules", ".bin");

export interface CommandResult {
  readonly code: number;
  /** Standard output and standard error as they came. */
  readonly output: string;
}

interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The command is killed after this; a check that hangs is a check that fails. */
  readonly timeoutMs?: number;
}

/** Runs `command` with the project's own tools first in the path. Rejects only when it cannot be started. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: environment(options.env),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeoutMs ?? 300_000,
      killSignal: "SIGKILL",
    });
    const parts: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => parts.push(part));
    child.stderr.on("data", (part: Buffer) => parts.push(part));
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (signal !== null) parts.push(Buffer.from(`\n${command} ended by ${signal}\n`));
      resolve({ code: code ?? 1, output: Buffer.concat(parts).toString("utf8") });
    });
  });
}

/** Without NODE_TEST_CONTEXT, or a test runner started by a test would believe it runs inside itself and run nothing. */
function environment(extra: Readonly<Record<string, string>> | undefined): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _inside, ...inherited } = process.env;
  return { ...inherited, ...extra, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
}
