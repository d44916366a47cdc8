-- The clock that was believed last agreed with a server, or somebody said that it is right: 1. What was remembered before
-- is taken as it was.
ALTER TABLE source ADD COLUMN clock_proven INTEGER NOT NULL DEFAULT 1;
