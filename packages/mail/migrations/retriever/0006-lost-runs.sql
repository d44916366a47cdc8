-- Runs in a row that lost a connection while it came, or was compared with what is here, whosever fault that was.
ALTER TABLE message ADD COLUMN lost_runs INTEGER NOT NULL DEFAULT 0;
