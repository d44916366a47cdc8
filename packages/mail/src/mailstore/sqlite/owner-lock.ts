// One process owns a data directory. The lock is one of SQLite's: the kernel frees it when the process dies, however
// it dies, and Node has no flock of its own. owner.json is only a note that says who it is.
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { createPrivateFile, type DataDirectory } from "./data-directory.ts";
import { resultCode } from "./result-codes.ts";
import { StoreOwnedError } from "./store-errors.ts";

const noteReads = 10;
const noteReadMs = 20;

export interface OwnerLock {
  release(): void;
}

/** Throws StoreOwnedError when another process, or another store in this one, has it. */
export async function takeOwnerLock(directory: DataDirectory): Promise<OwnerLock> {
  createPrivateFile(directory.ownerLock);
  const lock = new DatabaseSync(directory.ownerLock);
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (resultCode(error) !== "busy") throw error;
    throw new StoreOwnedError(directory.root, await ownerPid(directory));
  }
  const note = `${JSON.stringify({ pid: process.pid, since: new Date().toISOString() })}\n`;
  writeFileSync(`${directory.ownerNote}.new`, note, { mode: 0o600 });
  renameSync(`${directory.ownerNote}.new`, directory.ownerNote);
  return {
    release() {
      rmSync(directory.ownerNote, { force: true });
      lock.close();
    },
  };
}

/** Who holds the lock now. An owner that is just starting writes its note right after it took the lock, so a dead one's note is read again. */
async function ownerPid(directory: DataDirectory): Promise<number | undefined> {
  for (let i = 0; i < noteReads; i += 1) {
    const pid = notedPid(directory.ownerNote);
    if (pid !== undefined && isRunning(pid)) return pid;
    await wait(noteReadMs);
  }
  return undefined;
}

function notedPid(path: string): number | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(path, "utf8"));
    const pid = typeof note === "object" && note !== null && "pid" in note ? note.pid : undefined;
    return typeof pid === "number" && Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined; // Not written yet, or being replaced: asked again by the caller.
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
