// The store or fetch.db came from a backup: what is remembered of every source may be older than what is there. Each
// source is asked about by itself.
import type { Database } from "./database.ts";

export function isRestored(db: Database, source: string): boolean {
  return db.get("SELECT 1 FROM source WHERE source = ? AND restored = 1", source) !== undefined;
}

export function noteRestored(db: Database): void {
  db.run("UPDATE source SET restored = 1 WHERE restored = 0");
}

export function acceptRestored(db: Database, source: string): void {
  db.run("UPDATE source SET restored = 0 WHERE source = ?", source);
}
