// The writer's connection, and what becomes of it when the disk fails. After a failed write or fsync nothing is assumed:
// the connection is closed, and a new one is trusted only after it wrote something anew and moved the whole log into the
// database (a second fsync of the same pages may claim success for octets the kernel has dropped).
import type { JobAnswer, JobRequest } from "./jobs.ts";
import { openForWriting } from "./database.ts";
import { Statements } from "./statements.ts";
import { runJob } from "./write/handlers.ts";
import { commitGroup, refuseGroup } from "./write/group-commit.ts";

export interface WriterConnectionOptions {
  readonly path: string;
  readonly pagesMax?: number;
}

export class WriterConnection {
  readonly #options: WriterConnectionOptions;
  #db: Statements | undefined;
  #degraded: string | undefined;

  /** Throws when the store cannot be opened. */
  constructor(options: WriterConnectionOptions) {
    this.#options = options;
    this.#db = this.#open();
  }

  /** What is wrong with the disk; undefined while all is well. */
  get degraded(): string | undefined {
    return this.#degraded;
  }

  commit(requests: readonly JobRequest[]): readonly JobAnswer[] {
    try {
      this.#db ??= this.#reopen();
    } catch (error) {
      this.#degraded = String(error);
      return refuseGroup(requests, error);
    }
    const { answers, lost } = commitGroup(this.#db, requests, runJob);
    if (lost !== undefined) {
      this.#degraded = String(lost);
      this.#drop();
    }
    return answers;
  }

  /** Moves the log into the database, so that the next start has nothing to recover. */
  close(): void {
    if (this.#db === undefined) return;
    this.#db.database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#drop();
  }

  #open(): Statements {
    const database = openForWriting(this.#options.path);
    if (this.#options.pagesMax !== undefined) database.exec(`PRAGMA max_page_count = ${this.#options.pagesMax}`);
    return new Statements(database);
  }

  #reopen(): Statements {
    const db = this.#open();
    try {
      // Takes the place in the log of whatever failed, so that a crash cannot bring that back.
      db.run("UPDATE store SET clean = clean");
      const result = db.get<{ busy: number }>("PRAGMA wal_checkpoint(TRUNCATE)");
      if (result?.busy !== 0) throw new Error("readers kept the log from being moved into the database");
    } catch (error) {
      db.database.close();
      throw error;
    }
    this.#degraded = undefined;
    return db;
  }

  #drop(): void {
    const db = this.#db;
    this.#db = undefined;
    try {
      db?.database.close();
    } catch (error) {
      this.#degraded ??= String(error);
    }
  }
}
