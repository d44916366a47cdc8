-- Internationalised mail as clients see it that read only ASCII headers (RFC 6858): what to change in the message, fixed
-- at delivery, so that it is listed and sent the same way for ever.
CREATE TABLE surrogate (
  account_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  -- Of the message with its changes.
  octets INTEGER NOT NULL,
  -- JSON: [[octets before it, octets left out, ASCII put in], ...] in order.
  edits TEXT NOT NULL,
  PRIMARY KEY (account_id, message_id)
) STRICT, WITHOUT ROWID;
-- Messages ever placed with one; the version of that set, for caches.
ALTER TABLE account ADD COLUMN surrogates INTEGER NOT NULL DEFAULT 0;
