// One run a source at a time, on this machine. The lock is one of SQLite's: the kernel frees it when the process dies,
// however it dies, and Node has no flock of its own.
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeFolder } from "../../files/index.ts";
import { FetchError } from "../fetch-error.ts";

const SQLITE_BUSY = 5;

export interface Lease {
  release(): void;
}

/** Throws FetchError `busy` when another process, or another run in this one, has the source. */
export function takeLease(folder: string, source: string): Lease {
  makeFolder(folder);
  const path = join(folder, `${source}.lock`);
  if (!existsSync(path)) closeSync(openSync(path, "a", 0o600));
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if ((((error as { readonly errcode?: number }).errcode ?? 0) & 0xff) !== SQLITE_BUSY) throw error;
    throw new FetchError("busy", `${source} is being collected by another run; try again when it has ended`, {
      cause: error,
    });
  }
  let isHeld = true;
  return {
    release() {
      if (isHeld) lock.close();
      isHeld = false;
    },
  };
}
