// How the mail database is opened: by its one writer, and by readers.
import { DatabaseSync } from "node:sqlite";
import { createPrivateFile } from "./data-directory.ts";
import { resultCode } from "./result-codes.ts";
import { NotAStoreError } from "./store-errors.ts";

export const pageOctets = 16_384;
/** Marks the file as ours in its header: "Rest". */
const applicationId = 0x5265_7374;
const busyMs = 10_000;
/** SQLite sleeps while it waits for a lock, and the event loop with it. */
const busyOnEventLoopMs = 100;

/** Opens for writing, creating the file when it is not there. The owner lock is held by the caller. */
export function openForWriting(path: string): DatabaseSync {
  createPrivateFile(path);
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true });
  try {
    database.exec(`PRAGMA busy_timeout = ${busyMs}`);
    identify(database, path);
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA cache_size = -16000;
      PRAGMA journal_size_limit = 67108864;
    `);
  } catch (error) {
    database.close();
    throw resultCode(error) === "corrupt" ? new NotAStoreError(path, { cause: error }) : error;
  }
  return database;
}

/** Opens for reading what the writer has committed. */
export function openForReading(path: string, o: { readonly onEventLoop: boolean }): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true });
  database.exec(`PRAGMA busy_timeout = ${o.onEventLoop ? busyOnEventLoopMs : busyMs}; PRAGMA cache_size = -16000`);
  return database;
}

function identify(database: DatabaseSync, path: string): void {
  const { application_id: id } = database.prepare("PRAGMA application_id").get() as { application_id: number };
  if (id === applicationId) return;
  const { n } = database.prepare("SELECT count(*) AS n FROM sqlite_schema").get() as { n: number };
  if (id !== 0 || n > 0) throw new NotAStoreError(path);
  database.exec(`PRAGMA page_size = ${pageOctets}; PRAGMA application_id = ${applicationId}`);
}
