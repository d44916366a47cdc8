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
    this.#countRows(rows.length, text);
    return rows as unknown as readonly Row[];
  }

  /** Rows as arrays, for whoever reads many: objects with names cost half as much again to make, and more to copy. */
  tuples<Tuple extends readonly unknown[]>(text: string, ...values: SQLInputValue[]): readonly Tuple[] {
    let statement = this.#preparedForTuples.get(text);
    if (statement === undefined) {
      statement = this.database.prepare(steady(text));
      statement.setReturnArrays(true);
      this.#preparedForTuples.set(text, statement);
    }
    const rows = statement.all(...values);
    this.#countRows(rows.length, text);
    return rows as unknown as readonly Tuple[];
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

  #countRows(rows: number, text: string): void {
    if (rows <= this.statistics.rowsMax) return;
    this.statistics.rowsMax = rows;
    this.statistics.largest = text;
  }

  #statement(text: string): StatementSync {
    let statement = this.#prepared.get(text);
    if (statement === undefined) {
      statement = this.database.prepare(steady(text));
      this.#prepared.set(text, statement);
    }
    return statement;
  }
}

/**
 * A LIMIT that is a bound value is looked at when the statement is planned, so SQLite plans it anew whenever a value is
 * bound: of a short read that is most of its cost. What is an expression it leaves alone.
 */
function steady(text: string): string {
  return text.replaceAll(/\bLIMIT \?/g, "LIMIT (? + 0)");
}
