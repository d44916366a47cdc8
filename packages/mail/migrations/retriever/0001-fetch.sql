-- What the retriever knows of remote maildrops. One file, fetch.db, in the data directory; WAL, every commit synced.

CREATE TABLE house (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- Device and inode of this file: a copy that was put in its place, from a backup say, has others.
  identity TEXT NOT NULL,
  -- Something was restored, and nobody has said yet that the plans may go on.
  restored INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE source (
  source TEXT PRIMARY KEY,
  endpoint TEXT NOT NULL,
  -- The last moment at which the clock was believed: wall clock, time since boot, and which boot.
  believed_at INTEGER,
  uptime_ms INTEGER,
  boot TEXT,
  last_run_at INTEGER,
  last_outcome TEXT,
  -- Of the last listing that was whole.
  listed_messages INTEGER,
  had_unique_ids INTEGER NOT NULL DEFAULT 0,
  no_pipelining INTEGER NOT NULL DEFAULT 0,
  removes_on_retr INTEGER NOT NULL DEFAULT 0,
  login_delay_ms INTEGER NOT NULL DEFAULT 0,
  last_login_at INTEGER,
  -- Runs in a row that failed.
  failures INTEGER NOT NULL DEFAULT 0,
  -- The server gave its messages new unique-ids, and not all of them were looked at yet.
  migrating INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
  message_id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  -- Octets as the server gave them.
  unique_id BLOB NOT NULL,
  -- As LIST told them.
  octets INTEGER NOT NULL,
  -- Hash of the header, of messages that share unique-id and size with another; else empty.
  key_hash TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('new', 'collected', 'headers-only', 'filtered', 'quarantined', 'seen')),
  -- Of the header as TOP n 0 gives it, and of the whole message.
  header_hash TEXT,
  sha256 TEXT,
  first_seen_at INTEGER NOT NULL,
  collected_at INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  failure TEXT,
  -- For which rules it was filtered, or that a filter wants it removed.
  rule TEXT,
  -- It is to be removed there, and nobody knows yet that it was.
  pending_at INTEGER,
  pending_why TEXT,
  removed_at INTEGER,
  removed_why TEXT,
  -- Whole listings in a row without it.
  missing INTEGER NOT NULL DEFAULT 0,
  missing_since INTEGER,
  -- Collect it again, even when its owner removed it.
  again INTEGER NOT NULL DEFAULT 0,
  UNIQUE (source, unique_id, octets, key_hash)
) STRICT;

-- Where a message was put. place: the store's message-id, the name of a file.
CREATE TABLE copy (
  message_id INTEGER NOT NULL REFERENCES message (message_id) ON DELETE CASCADE,
  destination TEXT NOT NULL,
  place TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  stored_at INTEGER NOT NULL,
  PRIMARY KEY (message_id, destination)
) STRICT, WITHOUT ROWID;

-- What happened to each collected message, kept longer than the message is known.
CREATE TABLE audit (
  audit_id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  unique_id BLOB NOT NULL,
  octets INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  stored_at INTEGER NOT NULL,
  destinations TEXT NOT NULL,
  removed_at INTEGER,
  removed_why TEXT
) STRICT;
CREATE INDEX audit_message ON audit (source, unique_id, sha256);
