// Opens a data directory: takes the lock, brings the schema up to date, starts the writer.
import type { Mailstore } from "../contract.ts";
import { createDirectories, dataDirectory } from "./data-directory.ts";
import { openForReading, openForWriting, pageOctets } from "./database.ts";
import { migrate } from "./migrate.ts";
import { OrphanFiles } from "./orphan-files.ts";
import { takeOwnerLock, type OwnerLock } from "./owner-lock.ts";
import { Readers } from "./readers.ts";
import { Statements } from "./statements.ts";
import { SqliteMailstore, type StoreProblem } from "./store.ts";
import { Writer } from "./writer.ts";

export interface SqliteMailstoreOptions {
  /** The data directory; made when it is not there. */
  readonly directory: string;
  /** Milliseconds since the epoch; Date.now unless given. */
  readonly now?: () => number;
  /** Milliseconds that only go forward; performance.now unless given. Decides how long a session was idle. */
  readonly monotonicNow?: () => number;
  /** The database refuses to grow above this, as on a full disk; body files are not counted. */
  readonly databaseOctetsMax?: number;
  /** Told of what is not a peer's fault: a failing disk, a writer thread that died. */
  readonly onProblem?: (problem: StoreProblem) => void;
}

/** Opens the store of a data directory, which one process owns at a time. Throws StoreOwnedError, SchemaTooNewError, NotAStoreError, or the system's error. */
export async function openSqliteMailstore(options: SqliteMailstoreOptions): Promise<Mailstore> {
  const directory = dataDirectory(options.directory);
  createDirectories(directory);
  const lock = await takeOwnerLock(directory);
  const opened: (() => void | Promise<void>)[] = [() => lock.release()];
  try {
    return await start(options, lock, opened);
  } catch (error) {
    for (const close of opened.reverse()) await close();
    throw error;
  }
}

async function start(
  options: SqliteMailstoreOptions,
  lock: OwnerLock,
  opened: (() => void | Promise<void>)[],
): Promise<Mailstore> {
  const directory = dataDirectory(options.directory);
  const { now = Date.now, monotonicNow = () => performance.now(), onProblem = () => {}, databaseOctetsMax } = options;
  bringUpToDate(directory.database);
  const writer = new Writer({
    path: directory.database,
    reserve: directory.reserve,
    ...(databaseOctetsMax === undefined ? {} : { pagesMax: Math.floor(databaseOctetsMax / pageOctets) }),
    onDegraded: (reason) =>
      onProblem({ what: reason === undefined ? "the disk works again" : `the disk failed: ${reason}` }),
    onThreadDied: (cause) => onProblem({ what: "the writer thread died", cause }),
  });
  opened.push(() => writer.close());
  const epoch = await writer.run("start", {});
  const db = new Statements(openForReading(directory.database, { onEventLoop: true }));
  opened.push(() => db.database.close());
  await new OrphanFiles(directory, db).clearIncoming();
  return new SqliteMailstore({
    directory,
    lock,
    db,
    writer,
    readers: new Readers(directory.database),
    epoch,
    now,
    monotonicNow,
    onProblem,
  });
}

function bringUpToDate(path: string): void {
  const database = openForWriting(path);
  try {
    migrate(database, { path });
  } finally {
    database.close();
  }
}
