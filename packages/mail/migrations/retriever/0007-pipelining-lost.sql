-- When the server last lost pipelined commands: a server mends, and one that was only slow once is tried again.
ALTER TABLE source ADD COLUMN pipelining_lost_at INTEGER;
UPDATE source SET pipelining_lost_at = last_run_at WHERE no_pipelining = 1;
ALTER TABLE source DROP COLUMN no_pipelining;
