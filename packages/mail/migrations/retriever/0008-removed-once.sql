-- The message was stored again before it was removed there: the row of the last time tells of the removal.
ALTER TABLE audit ADD COLUMN stored_again INTEGER NOT NULL DEFAULT 0;
