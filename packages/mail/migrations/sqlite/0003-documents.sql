-- Small JSON documents: preferences of the reader, identities, drafts, the outbox, rules. Of an account, or of the
-- house when account_id is 0. A rowid table: documents may have overflow pages.
CREATE TABLE document (
  kind TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  document_id TEXT NOT NULL,
  -- Goes up with every change; a change that expects another version is refused.
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  value TEXT NOT NULL,
  UNIQUE (kind, account_id, document_id)
) STRICT;
