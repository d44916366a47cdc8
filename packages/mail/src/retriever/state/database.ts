// fetch.db: opened by whoever collects, the daemon beside a run by hand. Every commit is on the disk before it returns.
import { chmodSync, closeSync, existsSync, openSync, readFileSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { makeDurableFolder, OWN_FILES, syncName } from "../../files/index.ts";
import { FetchError } from "../fetch-error.ts";

const MIGRATIONS = new URL("migrations/retriever/", OWN_FILES);
/** Marks the file as ours: "Fetc". */
const APPLICATION_ID = 0x4665_7463;
const BUSY_MS = 10_000;

/** Prepared statements by their text, and transactions. Throws FetchError `state` where SQLite does not do what it is asked. */
export class Database {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
  }

  get<Row extends object>(text: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#ask(() => this.#statement(text).get(...values)) as Row | undefined;
  }

  all<Row extends object>(text: string, ...values: SQLInputValue[]): readonly Row[] {
    return this.#ask(() => this.#statement(text).all(...values)) as unknown as readonly Row[];
  }

  /** Answers how many rows changed. */
  run(text: string, ...values: SQLInputValue[]): number {
    return Number(this.#ask(() => this.#statement(text).run(...values)).changes);
  }

  /** All of it or nothing; durable when it returns. */
  transaction<T>(work: () => T): T {
    this.#ask(() => this.#database.exec("BEGIN IMMEDIATE"));
    try {
      const result = work();
      this.#ask(() => this.#database.exec("COMMIT"));
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Safe twice. */
  close(): void {
    this.#prepared.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #ask<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw resultCodeOf(error) === undefined ? error : asFetchError(error, this.#path);
    }
  }

  #statement(text: string): StatementSync {
    let statement = this.#prepared.get(text);
    if (statement === undefined) {
      statement = this.#database.prepare(text);
      this.#prepared.set(text, statement);
    }
    return statement;
  }
}

/** Made when it is not there. Throws FetchError `state`. */
export function openDatabase(path: string): Database {
  const folder = dirname(path);
  makeDurableFolder(folder);
  // SQLite would take the mode from the umask. One that is there is not opened: closing it would free the locks on it.
  if (existsSync(path)) chmodSync(path, 0o600);
  else {
    // Whoever made the folder may have died before its name was durable; where the file is, it is.
    syncName(folder);
    closeSync(openSync(path, "a", 0o600));
  }
  const database = new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true });
  try {
    identify(database, path);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216");
    migrate(database, path);
  } catch (error) {
    database.close();
    throw asFetchError(error, path);
  }
  return new Database(database, path);
}

function identify(database: DatabaseSync, path: string): void {
  const { application_id: id } = database.prepare("PRAGMA application_id").get() as { application_id: number };
  if (id === APPLICATION_ID) return;
  const { n } = database.prepare("SELECT count(*) AS n FROM sqlite_schema").get() as { n: number };
  if (id !== 0 || n > 0)
    throw new FetchError("state", `${path} is a file of something else; choose another data directory`);
  database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
}

function migrate(database: DatabaseSync, path: string): void {
  const names = readdirSync(MIGRATIONS)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  database.exec("BEGIN IMMEDIATE");
  try {
    const { user_version: found } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (found > names.length) throw new FetchError("state", `${path} was written by a newer build; start that one`);
    for (const name of names.slice(found)) database.exec(readFileSync(new URL(name, MIGRATIONS), "utf8"));
    database.exec(`PRAGMA user_version = ${names.length}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function asFetchError(cause: unknown, path: string): unknown {
  if (cause instanceof FetchError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const advice = ADVICE[resultCodeOf(cause) ?? 0] ?? "restore it from a backup, or move it away";
  return new FetchError("state", `${path} cannot be used: ${message}; ${advice}`, { cause });
}

/** By SQLite's primary result codes: where the file is not what is wrong. */
const ADVICE: Readonly<Record<number, string>> = {
  5: "another program holds it; try again", // SQLITE_BUSY
  10: "look at the disk it is on", // SQLITE_IOERR
  13: "make room on the disk it is on", // SQLITE_FULL
};

/** Undefined: it is no error of SQLite. */
function resultCodeOf(error: unknown): number | undefined {
  const { errcode } = error as { readonly errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : undefined;
}
