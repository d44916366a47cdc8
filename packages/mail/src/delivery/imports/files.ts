// Reading other people's folders: no symbolic link is followed below the root, nothing but regular files is opened.
import { constants, type Dirent, type Stats } from "node:fs";
import { open, readdir, realpath, stat, type FileHandle } from "node:fs/promises";
import { SourceError } from "./contract.ts";

const BLOCK_OCTETS = 65_536;
// O_NONBLOCK: opening a pipe must not wait for its other end.
const SAFE_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A regular file and what it was when it was opened. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
}

/** The root of a source; it may be a symbolic link, because the person named it. Throws SourceError. */
export async function resolveRoot(path: string): Promise<{ readonly path: string; readonly stats: Stats }> {
  try {
    const real = await realpath(path);
    return { path: real, stats: await stat(real) };
  } catch (error) {
    throw new SourceError(`${path}: ${explain(error)}`, { cause: error });
  }
}

/** Opens a regular file. Throws SourceError. */
export async function openFile(path: string): Promise<OpenFile> {
  let handle: FileHandle;
  try {
    handle = await open(path, SAFE_FLAGS);
  } catch (error) {
    throw new SourceError(explain(error), { cause: error });
  }
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new SourceError("is not a regular file");
    return { handle, stats };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Octets `start` to `end` of an open file, in fresh blocks. Throws SourceError when it ends before. */
export async function* readRange(
  handle: FileHandle,
  o: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  for (let at = o.start; at < o.end;) {
    const block = await readAt(handle, at, Math.min(BLOCK_OCTETS, o.end - at));
    if (block.length === 0) throw new SourceError("became shorter while it was read");
    at += block.length;
    yield block;
  }
}

/** At most `octets` octets at `at`; fewer at the end of the file. Throws SourceError. */
export async function readAt(handle: FileHandle, at: number, octets: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(octets);
  try {
    const { bytesRead } = await handle.read(block, 0, octets, at);
    return block.subarray(0, bytesRead);
  } catch (error) {
    throw new SourceError(explain(error), { cause: error });
  }
}

/** What is in a folder, by name; empty when it is not there. Throws SourceError. */
export async function listFolder(path: string): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.sort((a, b) => compare(a.name, b.name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw new SourceError(`${path}: ${explain(error)}`, { cause: error });
  }
}

/** Why an entry is not opened; undefined for a regular file. */
export function refusalOf(entry: Dirent): string | undefined {
  if (entry.isFile()) return undefined;
  return entry.isSymbolicLink() ? "is a symbolic link" : "is not a regular file";
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** True for a folder that holds Maildir messages: it has cur or new. */
export async function isMaildirFolder(path: string): Promise<boolean> {
  const entries = await listFolder(path);
  return entries.some((entry) => entry.isDirectory() && (entry.name === "cur" || entry.name === "new"));
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  EACCES: "may not be read by this user",
  EPERM: "may not be read by this user",
  ELOOP: "is a symbolic link",
  EISDIR: "is a folder",
  ENXIO: "is not a regular file",
  EIO: "cannot be read from the disk",
};

function explain(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return EXPLANATIONS[code] ?? `cannot be read (${code === "" ? "unknown error" : code})`;
}
