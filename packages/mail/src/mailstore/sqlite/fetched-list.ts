// Pages of what an account has from a remote maildrop.
import type { FetchedCopy } from "../contract.ts";
import type { Statements } from "./statements.ts";

const LIMIT_MAX = 1_000;

interface Row {
  readonly messageId: number;
  readonly uniqueId: Uint8Array;
  readonly sha256: Uint8Array;
  readonly removedAt: number | null;
  readonly expired: number;
}

const QUERY = `SELECT message_id AS messageId, unique_id AS uniqueId, sha256, removed_at AS removedAt, expired
  FROM fetched INDEXED BY fetched_message
  WHERE account_id = ? AND message_id > ? AND source = ? ORDER BY message_id LIMIT ?`;

export function listFetched(
  db: Statements,
  o: { readonly account: number; readonly source: string; readonly after: number; readonly limit: number },
): readonly FetchedCopy[] {
  const limit = Math.max(1, Math.min(o.limit, LIMIT_MAX));
  return db.all<Row>(QUERY, o.account, o.after, o.source, limit).map((row) => ({
    messageId: row.messageId,
    uniqueId: Buffer.from(row.uniqueId).toString("latin1"),
    sha256: Buffer.from(row.sha256).toString("hex"),
    removedAt: row.removedAt ?? undefined,
    isExpired: row.expired === 1,
  }));
}
