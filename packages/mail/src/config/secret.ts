// A secret of the configuration: in a file, in an environment variable, printed by a command, or written in clear.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { z } from "zod";

/** Where a secret is; the secret itself only when it was written in clear. */
export type Secret =
  | { readonly kind: "clear"; readonly value: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "command"; readonly command: readonly string[] };

const RIGHT =
  'write { file = "PATH" }, { env = "VARIABLE" }, { command = ["program", "argument"] }, or the secret in quotes in a file of mode 0600';
const COMMAND_TIMEOUT_MS = 10_000;
const SECRET_OCTETS_MAX = 65_536;

const forms = z.union(
  [
    z.string().min(1),
    z.strictObject({ file: z.string().min(1) }),
    z.strictObject({ env: z.string().min(1) }),
    z.strictObject({ command: z.array(z.string()).min(1) }),
  ],
  { error: `this says no place of a secret; ${RIGHT}` },
);

/** The schema of a key that holds a secret. Its refusal never shows what was written. */
export const secret = forms.transform((form): Secret => {
  if (typeof form === "string") return { kind: "clear", value: form };
  if ("file" in form) return { kind: "file", path: form.file };
  if ("env" in form) return { kind: "environment", variable: form.env };
  return { kind: "command", command: form.command };
});

/** What explain shows: where the secret is, never the secret. */
export function renderSecret(value: Secret): string {
  switch (value.kind) {
    case "clear":
      return "********";
    case "file":
      return `from the file ${value.path}`;
    case "environment":
      return `from the variable ${value.variable}`;
    case "command":
      return `from the command ${value.command[0] ?? ""}`;
  }
}

/** The command that prints a secret was ended: it took too long. */
export class SecretLate extends Error {}

/**
 * Fetches a secret, without its final line end. `signal` ends the command that prints it, as `commandMs` does, ten seconds
 * unless given. Rejects with a sentence that names the place and never the secret; SecretLate.
 */
export async function readSecret(
  value: Secret,
  env: Readonly<Record<string, string | undefined>>,
  { signal, commandMs = COMMAND_TIMEOUT_MS }: { readonly signal?: AbortSignal; readonly commandMs?: number } = {},
): Promise<string> {
  switch (value.kind) {
    case "clear":
      return value.value;
    case "file":
      return fromFile(value.path);
    case "environment": {
      const found = env[value.variable];
      if (found === undefined || found === "")
        throw new Error(
          `the environment variable ${value.variable} is not set; set it for whoever starts this, or write another place of the secret`,
        );
      return found;
    }
    case "command":
      return fromCommand(value.command, commandMs, signal);
  }
}

async function fromFile(path: string): Promise<string> {
  try {
    return firstLine(await readFile(path, "utf8"));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(`${path} cannot be read (${String(code)}); check the path and its mode`, { cause });
  }
}

function fromCommand(command: readonly string[], commandMs: number, signal: AbortSignal | undefined): Promise<string> {
  const [program = "", ...rest] = command;
  return new Promise((resolve, reject) => {
    const limits = {
      timeout: commandMs,
      maxBuffer: SECRET_OCTETS_MAX,
      encoding: "utf8",
      // One that ignores a request to end would hold up whoever waits for the secret.
      killSignal: "SIGKILL",
    } as const;
    const child = execFile(program, rest, limits, (error, stdout) => {
      signal?.removeEventListener("abort", end);
      // The error's own text may hold the command's output, which may be the secret.
      if (error === null) resolve(firstLine(stdout));
      // Too much output has a code of its own.
      else if (error.killed === true && error.signal === limits.killSignal)
        reject(
          new SecretLate(`the command ${program} that prints a secret took more than ${commandMs / 1_000} seconds`),
        );
      else
        reject(
          new Error(
            `the command ${program} that prints a secret failed (${error.code ?? error.signal ?? "unknown reason"}); run it by hand to see why`,
          ),
        );
    });
    // Node's own `signal` asks the process to end, and no more. What it started may hold its output open.
    const end = (): void => {
      child.kill("SIGKILL");
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    if (signal?.aborted === true) end();
    signal?.addEventListener("abort", end, { once: true });
  });
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? "";
}
