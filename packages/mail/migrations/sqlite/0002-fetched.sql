-- Messages collected from remote maildrops. The row is written in the transaction that places the message, so that
-- a message collected again after any crash is known; it stays when its owner removes the message, and says so.
CREATE TABLE fetched (
  account_id INTEGER NOT NULL,
  source TEXT NOT NULL,
  -- Octets as the remote server gave them.
  unique_id BLOB NOT NULL,
  -- Of the octets as they came over the wire.
  sha256 BLOB NOT NULL,
  message_id INTEGER NOT NULL,
  fetched_at INTEGER NOT NULL,
  -- Set in the transaction that removes the message.
  removed_at INTEGER,
  PRIMARY KEY (account_id, source, unique_id, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX fetched_message ON fetched (account_id, message_id);
