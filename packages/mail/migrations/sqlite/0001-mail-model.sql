-- The mail model. One writer thread writes; readers see committed states only (WAL).
-- Rows that one account reads together are clustered by account: most tables have account_id first in their key.

CREATE TABLE store (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- Goes up when the owner before did not stop cleanly: leases given under an older epoch are void.
  epoch INTEGER NOT NULL,
  clean INTEGER NOT NULL,
  -- Last credential version given to a login; never goes back, so a login made anew never repeats one.
  credential_version INTEGER NOT NULL
) STRICT;
INSERT INTO store (id, epoch, clean, credential_version) VALUES (1, 1, 1, 0);

CREATE TABLE account (
  account_id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  -- NULL once removed: the name is free while the mail waits for the collector.
  folded_name TEXT UNIQUE,
  disabled INTEGER NOT NULL DEFAULT 0,
  pop_delete TEXT NOT NULL CHECK (pop_delete IN ('trash', 'remove', 'hide')),
  trash_days INTEGER,
  -- Random; one half of every unique-id this account ever shows.
  uidl_epoch INTEGER NOT NULL,
  next_message_id INTEGER NOT NULL DEFAULT 1,
  modseq INTEGER NOT NULL DEFAULT 0,
  messages INTEGER NOT NULL DEFAULT 0,
  octets INTEGER NOT NULL DEFAULT 0,
  quota_messages INTEGER,
  quota_octets INTEGER,
  -- Messages ever placed with a unique-id of their own; the version of that set, for caches.
  overrides INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;
CREATE INDEX account_removed ON account (removed_at) WHERE removed_at IS NOT NULL;

CREATE TABLE login (
  folded_login TEXT PRIMARY KEY,
  login TEXT NOT NULL,
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  kind TEXT NOT NULL CHECK (kind IN ('password', 'app-password')),
  verifier TEXT NOT NULL,
  scram TEXT,
  disabled INTEGER NOT NULL DEFAULT 0,
  credential_version INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX login_account ON login (account_id);

CREATE TABLE address (
  kind TEXT NOT NULL CHECK (kind IN ('exact', 'alias', 'catch-all')),
  local TEXT NOT NULL,
  domain TEXT NOT NULL,
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  PRIMARY KEY (kind, local, domain)
) STRICT, WITHOUT ROWID;
CREATE INDEX address_account ON address (account_id);

CREATE TABLE mailbox (
  mailbox_id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account (account_id),
  name TEXT NOT NULL,
  role TEXT CHECK (role IN ('inbox', 'archive', 'junk', 'trash', 'sent', 'drafts')),
  uid_validity INTEGER NOT NULL,
  next_uid INTEGER NOT NULL DEFAULT 1,
  messages INTEGER NOT NULL DEFAULT 0,
  unread INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account_id, name)
) STRICT;
CREATE INDEX mailbox_account ON mailbox (account_id);

-- Octets as received, canonical CRLF. A rowid table: WITHOUT ROWID reads rows with overflow pages five times slower.
-- AUTOINCREMENT: an id is never given again, so a stale one can never show another person's mail.
CREATE TABLE body (
  body_id INTEGER PRIMARY KEY AUTOINCREMENT,
  octets INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  -- Above 64 KiB the octets are in the file bodies/ab/UUID.
  file TEXT,
  content BLOB,
  CHECK ((file IS NULL) <> (content IS NULL))
) STRICT;
CREATE UNIQUE INDEX body_file ON body (file) WHERE file IS NOT NULL;

-- Only bodies that were placed more than once; any other has exactly one message.
CREATE TABLE shared_body (
  body_id INTEGER PRIMARY KEY,
  messages INTEGER NOT NULL
) STRICT;

-- Immutable. What POP says of a message is fixed here at delivery and never computed at login.
CREATE TABLE message (
  account_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  body_id INTEGER NOT NULL,
  octets INTEGER NOT NULL,
  stuffed_lines INTEGER NOT NULL,
  header_octets INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  conversation INTEGER NOT NULL,
  -- Kept from an imported maildrop; otherwise the unique-id is made of uidl_epoch and message_id.
  unique_id TEXT,
  -- Trace fields put before the body at delivery.
  prefix BLOB,
  PRIMARY KEY (account_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX message_unique_id ON message (account_id, unique_id) WHERE unique_id IS NOT NULL;
CREATE INDEX message_conversation ON message (account_id, conversation, message_id) WHERE conversation <> message_id;

-- Where a message is: exactly one row for each message that was not removed.
CREATE TABLE placement (
  account_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  mailbox_id INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  -- Separated by one space, sorted, lower case.
  keywords TEXT NOT NULL DEFAULT '',
  -- A POP client deleted it: out of the POP maildrop for good.
  popped INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX placement_uid ON placement (mailbox_id, uid);

-- The newest change of every message, by modseq; a removed message keeps its last row as a tombstone.
CREATE TABLE change (
  account_id INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  mailbox_id INTEGER NOT NULL,
  gone INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, modseq)
) STRICT, WITHOUT ROWID;

-- Messages in Trash that go when their time has come.
CREATE TABLE trashed (
  account_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX trashed_expiry ON trashed (expires_at);

-- Removed messages; the octets stay for a day, so that a session that listed them can still read them.
CREATE TABLE removed (
  removed_at INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  PRIMARY KEY (removed_at, account_id, message_id)
) STRICT, WITHOUT ROWID;

-- Delivery ids already seen: the key is a digest of the id and the body's sha256.
CREATE TABLE delivered (
  delivered_id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL,
  key BLOB NOT NULL,
  message_id INTEGER NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (account_id, key)
) STRICT;

-- What POP shows of an account, packed: entries of two float64 (message-id, octets), in order of uid in the inbox.
-- The newest few are in `tail`, older ones in segments. Changed in the same transaction as the placements.
CREATE TABLE maildrop (
  account_id INTEGER PRIMARY KEY,
  -- Goes up with every change of the entries.
  version INTEGER NOT NULL DEFAULT 0,
  count INTEGER NOT NULL DEFAULT 0,
  octets INTEGER NOT NULL DEFAULT 0,
  -- Goes up when a session takes the maildrop over; QUIT checks it.
  fence INTEGER NOT NULL DEFAULT 0,
  -- Token of the last session whose QUIT removed something: lets a lost answer be asked again.
  last_commit TEXT,
  next_segment INTEGER NOT NULL DEFAULT 0,
  tail BLOB NOT NULL DEFAULT (x'')
) STRICT;

-- segment_id is account_id * 1048576 + position: one range an account, without an index of its own.
CREATE TABLE maildrop_segment (
  segment_id INTEGER PRIMARY KEY,
  first_id INTEGER NOT NULL,
  last_id INTEGER NOT NULL,
  entries BLOB NOT NULL
) STRICT;
