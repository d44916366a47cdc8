// Prepared statements, kept by their text, and a count of what they gave: what runs on the event loop must be short.
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** The largest answer one statement gave. */
export interface StatementStatistics {
  rowsMax: number;
  octetsMax: number;
  /** The statement with the most rows. */
  largest: string;
}

export class Statements {
  readonly database: DatabaseSync;
  readonly statistics: StatementStatistics = { rowsMax: 0, octetsMax: 0, largest: "" };
  readonly #prepared = new Map<string, StatementSync>();
  readonly #preparedForTuples = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.database = database;
  }

  get<Row extends object>(text: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(text).get(...values) as Row | undefined;
  }

  all<Row extends object>(text: string, ...values: SQLInputValue[]): readonly Row[] {
    const rows = this.#statement(text).all(...values);
    if (rows.length > this.statistics.rowsMax) {
      this.statistics.rowsMax = rows.length;
      this.statistics.largest = text;
    }
    return rows as unknown as readonly Row[];
  }

  /** Rows as arrays, for whoever reads many small ones: objects with names cost half as much again. */
  tuples<Tuple extends readonly unknown[]>(text: string, ...values: SQLInputValue[]): readonly Tuple[] {
    let statement = this.#preparedForTuples.get(text);
    if (statement === undefined) {
      statement = this.database.prepare(text);
      statement.setReturnArrays(true);
      this.#preparedForTuples.set(text, statement);
    }
    return statement.all(...values) as unknown as readonly Tuple[];
  }

  /** Gives rows one by one; the statement is busy until the last. */
  iterate<Row extends object>(text: string, ...values: SQLInputValue[]): IterableIterator<Row> {
    return this.#statement(text).iterate(...values) as unknown as IterableIterator<Row>;
  }

  run(text: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(text).run(...values).changes);
  }

  /** As run, for an INSERT whose new rowid is wanted. */
  insert(text: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(text).run(...values).lastInsertRowid);
  }

  /** Whoever reads blobs says how much, for the statistics. */
  countOctets(octets: number): void {
    if (octets > this.statistics.octetsMax) this.statistics.octetsMax = octets;
  }

  #statement(text: string): StatementSync {
    let statement = this.#prepared.get(text);
    if (statement === undefined) {
      statement = this.database.prepare(text);
      this.#prepared.set(text, statement);
    }
    return statement;
  }
}
