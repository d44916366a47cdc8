// The schema, as numbered files migrations/sqlite/0001-what.sql. A store's version is in its header (user_version).
import { readFileSync, readdirSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { OWN_FILES } from "../../files/index.ts";
import { SchemaTooNewError } from "./store-errors.ts";

const ownFolder = new URL("migrations/sqlite/", OWN_FILES);

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly url: URL;
}

/** Every migration of a folder in order; throws when a number is missing or double. */
export function migrations(folder: URL = ownFolder): readonly Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  return names.sort().map((name, index) => {
    if (Number(/^(\d{4})-/.exec(name)?.[1]) !== index + 1)
      throw new Error(`migration ${name} is not number ${index + 1}`);
    return { version: index + 1, name, url: new URL(name, folder) };
  });
}

/** Brings a store to the newest schema, each step in a transaction of its own. Throws SchemaTooNewError. */
export function migrate(database: DatabaseSync, o: { readonly path: string; readonly folder?: URL }): void {
  const known = migrations(o.folder);
  const found = schemaVersion(database);
  if (found > known.length) throw new SchemaTooNewError(o.path, { found, known: known.length });
  for (const { version, name, url } of known.slice(found)) {
    database.exec("BEGIN IMMEDIATE");
    try {
      database.exec(readFileSync(url, "utf8"));
      database.exec(`PRAGMA user_version = ${version}; COMMIT`);
    } catch (error) {
      undo(database);
      throw new Error(`migration ${name} failed, the store is as it was`, { cause: error });
    }
  }
}

function undo(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // After an I/O error SQLite has undone the transaction already; that error is the one to tell.
  }
}

export function schemaVersion(database: DatabaseSync): number {
  return (database.prepare("PRAGMA user_version").get() as { user_version: number }).user_version;
}
