-- What the web reader needs of the store. Conversations are kept in search.db, where they can be made anew.
DROP INDEX message_conversation;
ALTER TABLE message DROP COLUMN conversation;

-- Removals are remembered for a while (milliseconds since the epoch); whoever followed the log from a change before the
-- floor has missed one, and starts anew.
ALTER TABLE change ADD COLUMN gone_at INTEGER;
UPDATE change SET gone_at = unixepoch() * 1000 WHERE gone = 1;
CREATE INDEX change_gone ON change (gone_at) WHERE gone_at IS NOT NULL;
ALTER TABLE account ADD COLUMN change_floor INTEGER NOT NULL DEFAULT 0;
