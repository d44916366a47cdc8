// The writer's connection, and what becomes of it when the disk fails. After a failed write or fsync nothing is assumed:
// the connection is closed, and a new one is trusted only after it wrote something anew and moved the whole log into the
// database (a second fsync of the same pages may claim success for octets the kernel has dropped).
import { changedAccounts, type AccountChange } from "./changed-accounts.ts";
import type { JobAnswer, JobRequest } from "./jobs.ts";
import { openForWriting, pageOctets } from "./database.ts";
import { Reserve } from "./reserve.ts";
import { resultCode } from "./result-codes.ts";
import { Statements } from "./statements.ts";
import { isGathered, runJob } from "./write/handlers.ts";
import { commitGroup, refuseFull, refuseGroup } from "./write/group-commit.ts";

/** The log is moved into the database when about this much is in it. */
const logOctetsMax = 24 * 1_048_576;
/** What a job writes beside its body: the pages it touches, written whole. */
const jobOctets = 8 * pageOctets;

export interface WriterConnectionOptions {
  readonly path: string;
  readonly reserve: string;
  /** SQLite refuses to grow the file above this many pages. */
  readonly pagesMax?: number;
}

export class WriterConnection {
  readonly #options: WriterConnectionOptions;
  readonly #reserve: Reserve;
  #db: Statements | undefined;
  #degraded: string | undefined;
  #logOctets = 0;

  /** Throws when the store cannot be opened. */
  constructor(options: WriterConnectionOptions) {
    this.#options = options;
    this.#db = this.#open();
    this.#reserve = new Reserve(options.reserve);
  }

  /** What is wrong with the disk; undefined while all is well. */
  get degraded(): string | undefined {
    return this.#degraded;
  }

  commit(requests: readonly JobRequest[]): readonly JobAnswer[] {
    if (this.#reserve.restore()) return this.#commit(requests);
    const deliveries = requests.filter(({ kind }) => kind === "place");
    const others = requests.filter(({ kind }) => kind !== "place");
    return [...refuseFull(deliveries), ...(others.length === 0 ? [] : this.#commit(others))];
  }

  /** Of the jobs that were answered so: how far the accounts they changed have come. */
  changes(requests: readonly JobRequest[], answers: readonly JobAnswer[]): readonly AccountChange[] {
    const db = this.#db;
    if (db === undefined) return [];
    try {
      return [...changedAccounts(requests, answers)].flatMap((account) => {
        const row = db.get<{ modseq: number }>("SELECT modseq FROM account WHERE account_id = ?", account);
        return row === undefined ? [] : [{ account, modseq: row.modseq }];
      });
    } catch (error) {
      this.#lose(error);
      return [];
    }
  }

  /** Moves the log into the database when it has grown. Done between groups, so that nobody's answer waits for it. */
  checkpoint(): void {
    if (this.#db === undefined || this.#logOctets < logOctetsMax) return;
    try {
      this.#db.get("PRAGMA wal_checkpoint(PASSIVE)");
      this.#logOctets = 0;
    } catch (error) {
      // Without room for it the log stays what it is, whole and in use: no failure of the disk. Tried again in a while.
      if (resultCode(error) === "full") this.#logOctets = 0;
      else this.#lose(error);
    }
  }

  /** Moves the log into the database, so that the next start has nothing to recover. */
  close(): void {
    if (this.#db === undefined) return;
    this.#db.database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#drop();
  }

  #commit(requests: readonly JobRequest[]): readonly JobAnswer[] {
    const answers = this.#attempt(requests);
    const outOfSpace = new Set(answers.filter((answer) => !answer.ok && isFull(answer)).map(({ id }) => id));
    const entitled = requests.filter(({ id, kind }) => outOfSpace.has(id) && kind !== "place");
    if (entitled.length === 0 || !this.#reserve.spend()) return answers;
    const again = new Map(this.#attempt(entitled).map((answer) => [answer.id, answer]));
    return answers.map((answer) => again.get(answer.id) ?? answer);
  }

  #attempt(requests: readonly JobRequest[]): readonly JobAnswer[] {
    try {
      this.#db ??= this.#reopen();
    } catch (error) {
      this.#degraded = String(error);
      return resultCode(error) === "full" ? refuseFull(requests) : refuseGroup(requests, error);
    }
    const { answers, lost } = commitGroup(this.#db, requests, { run: runJob, isGathered });
    for (const request of requests) this.#logOctets += jobOctets + bodyOctets(request);
    if (lost !== undefined) this.#lose(lost);
    return answers;
  }

  #open(): Statements {
    const database = openForWriting(this.#options.path);
    database.exec("PRAGMA wal_autocheckpoint = 0");
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
    this.#logOctets = 0;
    return db;
  }

  #lose(error: unknown): void {
    this.#degraded = String(error);
    this.#drop();
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

/** Octets a job brings along, beside what its rows take. */
export function bodyOctets(request: JobRequest): number {
  if (request.kind !== "place") return 0;
  const { body, prefix } = request.input;
  return (body.kind === "octets" ? body.octets.length : 0) + (prefix?.length ?? 0);
}

function isFull(answer: JobAnswer): boolean {
  return !answer.ok && answer.failure.kind === "refused" && answer.failure.code === "STORE_FULL";
}
