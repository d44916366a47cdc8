// Tells whether fetch.db is the one that was written to last. A random mark stands in it and in a small file beside it,
// and every run gives both a new one: where one of the two came from a backup, they differ. Moved or restored together
// they agree, whatever device and inode they have.
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { FetchError } from "../fetch-error.ts";
import type { Database } from "./database.ts";
import { noteRestored } from "./restored.ts";

/** Beside fetch.db. */
const FILE = "fetch.mark";

/** Notes that the memory was restored when the file beside `path` is of another moment. Throws FetchError `state`. */
export function compareMarks(db: Database, path: string): void {
  const mark = db.transaction(() => compare(db, path));
  forgetMarksBut(db, path, mark);
}

/** At the beginning of a run. A disk that is too full for it leaves the marks as they are. Throws FetchError `state`. */
export function renewMarks(db: Database, path: string): void {
  const mark = newMark();
  db.transaction(() => {
    const before = compare(db, path);
    // Whichever of the two a crash leaves in the database, the file has it.
    if (before !== undefined && writeMarks(path, [mark, before])) db.run("UPDATE house SET identity = ?", mark);
  });
  forgetMarksBut(db, path, mark);
}

/** Answers the database's mark; undefined where the disk has no room for a first one. */
function compare(db: Database, path: string): string | undefined {
  const mark = markIn(db);
  const beside = readMarks(path);
  if (mark !== undefined && beside?.includes(mark) === true) return mark;
  // An earlier build's memory is taken over once: beside a file it is older than the file.
  const isTakenOver = mark !== undefined && beside === undefined && mark === earlierMark(path);
  if (mark !== undefined && !isTakenOver) noteRestored(db);
  const fresh = newMark();
  // Nor may a crash between the file and the database look like a backup.
  if (!writeMarks(path, isTakenOver ? [fresh, mark] : [fresh])) return mark;
  db.run(
    "INSERT INTO house (id, identity) VALUES (1, ?) ON CONFLICT DO UPDATE SET identity = excluded.identity",
    fresh,
  );
  return fresh;
}

/** Once the database is known to have it. */
function forgetMarksBut(db: Database, path: string, mark: string | undefined): void {
  if (mark === undefined || readMarks(path)?.length === 1) return;
  db.transaction(() => {
    if (markIn(db) === mark) writeMarks(path, [mark]);
  });
}

/** What builds before this one kept in the place of a mark: those of a file put in its place are others. */
function earlierMark(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev}:${ino}`;
}

function newMark(): string {
  return randomBytes(16).toString("hex");
}

function markIn(db: Database): string | undefined {
  const identity = db.get<{ identity: string }>("SELECT identity FROM house")?.identity;
  return identity === "" ? undefined : identity;
}

/** Undefined: there is no such file. */
function readMarks(path: string): readonly string[] | undefined {
  const file = join(dirname(path), FILE);
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw unusable(file, error);
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
    if (NO_ROOM.has(codeOf(error))) return false;
    throw unusable(file, error);
  }
}

const NO_ROOM: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}

function unusable(file: string, cause: unknown): FetchError {
  return new FetchError("state", `${file} cannot be used (${codeOf(cause)}); make it a file of the user who collects`, {
    cause,
  });
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
