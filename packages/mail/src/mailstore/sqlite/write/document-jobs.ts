// Small documents as the writer changes them: a version decides who came first.
import { PopError } from "@restante/pop/maildrop";
import type { JobInput, JobOutput } from "../jobs.ts";
import type { Statements } from "../statements.ts";

const find = "SELECT version FROM document WHERE kind = ? AND account_id = ? AND document_id = ?";

export function putDocument(db: Statements, o: JobInput<"putDocument">): JobOutput<"putDocument"> {
  mustExist(db, o.account);
  const before = db.get<{ version: number }>(find, o.kind, o.account, o.id)?.version ?? 0;
  if (o.ifVersion !== undefined && o.ifVersion !== before) return "conflict";
  db.run(
    `INSERT INTO document (kind, account_id, document_id, version, updated_at, value) VALUES (?, ?, ?, 1, ?, ?)
     ON CONFLICT (kind, account_id, document_id)
     DO UPDATE SET version = version + 1, updated_at = excluded.updated_at, value = excluded.value`,
    o.kind,
    o.account,
    o.id,
    o.now,
    o.value,
  );
  return { version: before + 1 };
}

export function removeDocument(db: Statements, o: JobInput<"removeDocument">): boolean {
  const { kind, account, id, ifVersion = null } = o;
  const remove =
    "DELETE FROM document WHERE kind = ? AND account_id = ? AND document_id = ? AND version = coalesce(?, version)";
  return db.run(remove, kind, account, id, ifVersion) > 0;
}

function mustExist(db: Statements, account: number): void {
  if (account === 0) return;
  if (db.get("SELECT 1 FROM account WHERE account_id = ? AND removed_at IS NULL", account) === undefined)
    throw new PopError("NO_SUCH_ACCOUNT", `no account ${account}`);
}
