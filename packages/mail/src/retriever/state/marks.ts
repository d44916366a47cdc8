// Tells whether fetch.db is the one that was written to last. A random mark stands in it and in a small file beside it,
// and every run gives both a new one: where one of the two came from a backup, they differ. Moved or restored together
// they agree, whatever device and inode they have.
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Database } from "./database.ts";

/** Beside fetch.db. */
const FILE = "fetch.mark";
/** No mark yet: an earlier build kept device and inode in its place, and a full disk had no room for the file. */
const NONE = /^(?:\d+:\d+)?$/;

/** Notes in `house.restored` when the file beside `path` is of another moment. */
export function compareMarks(db: Database, path: string): void {
  db.transaction(() => compare(db, path));
}

/** At the beginning of a run. A disk that is too full for it leaves the marks as they are. */
export function renewMarks(db: Database, path: string): void {
  const mark = newMark();
  db.transaction(() => {
    const before = compare(db, path);
    // Whichever of the two a crash leaves in the database, the file has it.
    if (writeMarks(path, [mark, before])) db.run("UPDATE house SET identity = ?", mark);
  });
  db.transaction(() => {
    if (markIn(db) === mark) writeMarks(path, [mark]);
  });
}

/** Answers the database's mark. */
function compare(db: Database, path: string): string {
  const mark = markIn(db);
  if (mark !== undefined && !NONE.test(mark) && readMarks(path).includes(mark)) return mark;
  const fresh = newMark();
  const kept = writeMarks(path, [fresh]) ? fresh : (mark ?? "");
  if (mark === undefined) db.run("INSERT INTO house (id, identity) VALUES (1, ?)", kept);
  else db.run("UPDATE house SET identity = ?, restored = max(restored, ?)", kept, NONE.test(mark) ? 0 : 1);
  return kept;
}

function newMark(): string {
  return randomBytes(16).toString("hex");
}

function markIn(db: Database): string | undefined {
  return db.get<{ identity: string }>("SELECT identity FROM house")?.identity;
}

function readMarks(path: string): readonly string[] {
  try {
    return readFileSync(join(dirname(path), FILE), "utf8").split("\n");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Whole or not at all, and on the disk when it returns. False: there is no room for it. */
function writeMarks(path: string, marks: readonly string[]): boolean {
  const file = join(dirname(path), FILE);
  try {
    synced(`${file}.new`, "w", (fd) => writeSync(fd, `${marks.join("\n")}\n`));
    renameSync(`${file}.new`, file);
    synced(dirname(path), "r", () => undefined);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return false;
    throw error;
  }
}

function synced(path: string, flags: string, write: (fd: number) => unknown): void {
  const fd = openSync(path, flags, 0o600);
  try {
    write(fd);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
