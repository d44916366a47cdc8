// Files below `bodies` that no row speaks of: left when the process died between file and row. Old ones are removed.
import { readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { DataDirectory } from "./data-directory.ts";
import type { Statements } from "./statements.ts";

/** A body is placed within minutes of being received; this is far beyond. */
export const orphanAgeMs = 24 * 3_600_000;
const filesMaxPerSweep = 4_000;
const DIRECTORIES = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

export class OrphanFiles {
  readonly #directory: DataDirectory;
  readonly #db: Statements;
  #next = 0;

  constructor(directory: DataDirectory, db: Statements) {
    this.#directory = directory;
    this.#db = db;
  }

  /** Everything in `incoming` was left by an owner that is gone. */
  async clearIncoming(): Promise<void> {
    const { incoming } = this.#directory;
    for (const name of await readdir(incoming)) await unlink(join(incoming, name));
  }

  /** Goes on where the last sweep stopped; a bounded number of files a call. Resolves to how many were removed. */
  async sweep(now: number): Promise<number> {
    let looked = 0;
    let removed = 0;
    for (let i = 0; i < DIRECTORIES.length && looked < filesMaxPerSweep; i += 1) {
      const folder = join(this.#directory.bodies, DIRECTORIES[this.#next] as string);
      this.#next = (this.#next + 1) % DIRECTORIES.length;
      const names = await namesIn(folder);
      looked += names.length;
      for (const name of names.filter((file) => !this.#isReferred(file))) {
        if (await removeOld(join(folder, name), now - orphanAgeMs)) removed += 1;
      }
    }
    return removed;
  }

  #isReferred(file: string): boolean {
    return this.#db.get("SELECT 1 FROM body WHERE file = ?", file) !== undefined;
  }
}

function namesIn(folder: string): Promise<readonly string[]> {
  return unlessGone(() => readdir(folder), []);
}

/** False for a file that is younger, or that whoever received it has let go of meanwhile. */
function removeOld(path: string, before: number): Promise<boolean> {
  return unlessGone(async () => {
    if ((await stat(path)).mtimeMs > before) return false;
    await unlink(path);
    return true;
  }, false);
}

async function unlessGone<T>(look: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return otherwise;
    throw error;
  }
}
