// Writing files that are there after a power cut: file fsync, rename, folder fsync.
import { open, rename, stat, unlink, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder, syncFolder } from "../../files/index.ts";

const FILE_MODE = 0o600;

/** Folders whose entries changed; one fsync each makes all of them certain. */
export class TouchedFolders {
  readonly #folders = new Set<string>();

  /** Makes a folder and its parents. */
  make(path: string): void {
    for (const made of makeFolder(path)) this.#folders.add(dirname(made));
  }

  add(path: string): void {
    this.#folders.add(path);
  }

  async sync(): Promise<void> {
    for (const folder of this.#folders) await syncFolder(folder);
    this.#folders.clear();
  }
}

/** Writes a whole file under another name first; `path` then holds all of it or what it held before. The folder is still to be synced. */
export async function writeDurably(o: {
  readonly temporary: string;
  readonly path: string;
  readonly write: (file: FileHandle) => Promise<void>;
  readonly modifiedAt?: number;
}): Promise<void> {
  await removeFile(o.temporary); // left by an export that was cut off
  const file = await open(o.temporary, "wx", FILE_MODE);
  try {
    await o.write(file);
    if (o.modifiedAt !== undefined) await file.utimes(o.modifiedAt / 1_000, o.modifiedAt / 1_000);
    await file.sync();
  } catch (error) {
    await file.close();
    await removeFile(o.temporary);
    throw error;
  }
  await file.close();
  await rename(o.temporary, o.path);
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
