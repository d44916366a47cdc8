// Writes the configuration so that it is the old one or the new one and nothing between, and never one that is wrong.
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "../files/index.ts";
import { ConfigFileError } from "./config-file-error.ts";
import { loadConfig } from "./load.ts";

/** Of one person's post office, in its data directory, unless another is named. */
export const CONFIG_FILE = "restante.toml";

/** "" for one that is not there yet. Throws ConfigFileError. */
export function readConfigText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw cannot("read", file, cause);
  }
}

/** Checks it as a whole first. Keeps the mode; a new one is its owner's alone. Throws ConfigError, ConfigFileError. */
export function replaceConfig(file: string, document: string): void {
  const path = realPath(file);
  const fresh = `${path}.new`;
  try {
    makeFolder(dirname(path));
    writeDurably(fresh, document, modeOf(path));
    loadConfig({ file: fresh });
    renameSync(fresh, path);
  } catch (cause) {
    rmSync(fresh, { force: true });
    throw (cause as NodeJS.ErrnoException).syscall === undefined ? cause : cannot("written", file, cause);
  }
}

/** A secret of its own file, for its owner's eyes only; the one before is there until the new one is whole. Throws ConfigFileError. */
export function writeSecretFile(path: string, secret: string): void {
  const fresh = `${path}.new`;
  try {
    makeFolder(dirname(path));
    writeDurably(fresh, `${secret}\n`, 0o600);
    renameSync(fresh, path);
  } catch (cause) {
    throw cannot("written", path, cause);
  }
}

function writeDurably(path: string, text: string, mode: number): void {
  rmSync(path, { force: true });
  const file = openSync(path, "wx", mode);
  try {
    // All of it: one write may take only as much as the disk has room for.
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A link is followed: what it points to is replaced, not the link. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file; // it is not there yet
  }
}

function modeOf(path: string): number {
  try {
    return statSync(path).mode & 0o777;
  } catch {
    return 0o600; // it is not there yet
  }
}

function cannot(be: "read" | "written", path: string, cause: unknown): ConfigFileError {
  const { code } = cause as NodeJS.ErrnoException;
  return new ConfigFileError(`${path} cannot be ${be} (${String(code)})`, { cause });
}
