// The password of a source, when it is needed and no earlier. No text here ever holds it.
import { stat } from "node:fs/promises";
import { Pop3Error } from "@restante/pop/client";
import { readSecret, SecretLate, type SourceConfig, type SourceSecret } from "../../config/index.ts";
import { FetchError } from "../fetch-error.ts";

export interface SecretOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the command that prints it. */
  readonly signal: AbortSignal;
  /** For that command; ten seconds unless given. */
  readonly commandMs?: number;
  /** Asks the person at the terminal; undefined where nobody is. */
  readonly askPassword?: ((source: SourceConfig) => Promise<string>) | undefined;
}

/** Throws FetchError `secret`, Pop3Error ABORTED and AUTH_TIMEOUT. */
export async function readPassword(source: SourceConfig, secret: SourceSecret, o: SecretOptions): Promise<string> {
  const fail = (text: string, cause?: unknown): FetchError =>
    new FetchError("secret", `${source.name}: ${text}`, { cause });
  if (secret.kind === "prompt") {
    if (o.askPassword === undefined)
      throw fail(
        'its password is to be asked for, and nobody is at a terminal; write { file = "PATH" } or { command = [...] }, for a URL set RESTANTE_POP_PASSWORD or --password-command',
      );
    return o.askPassword(source);
  }
  if (secret.kind === "file") await checkMode(secret.path, fail);
  let password: string;
  try {
    password = await readSecret(secret, o.env, o);
  } catch (cause) {
    if (o.signal.aborted) throw new Pop3Error("ABORTED", { phase: "auth", cause });
    if (cause instanceof SecretLate)
      throw new Pop3Error("AUTH_TIMEOUT", { phase: "auth", message: `${source.name}: ${cause.message}`, cause });
    throw fail(reasonOf(cause), cause);
  }
  if (password === "")
    throw fail("its password is empty; it is the first line of the file, or of what the command prints");
  return password;
}

/** A secret others can read is none. */
async function checkMode(path: string, fail: (text: string, cause?: unknown) => FetchError): Promise<void> {
  let [mode, isDirectory] = [0, false];
  try {
    const found = await stat(path);
    [mode, isDirectory] = [found.mode, found.isDirectory()];
  } catch (cause) {
    throw fail(
      `its password file ${path} cannot be read (${String((cause as NodeJS.ErrnoException).code)}); check the path and its mode`,
      cause,
    );
  }
  if (isDirectory) throw fail(`its password file ${path} is a directory; name the file in it`);
  if ((mode & 0o077) !== 0) throw fail(`others can read its password file ${path}; run chmod 600 ${path}`);
}

function reasonOf(cause: unknown): string {
  const { code, path, message } = cause as NodeJS.ErrnoException;
  return path === undefined ? message : `${path} cannot be read (${String(code)})`;
}
