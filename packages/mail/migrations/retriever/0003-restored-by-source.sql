-- That something was restored is asked for each source: yes for one says nothing of the others.
ALTER TABLE source ADD COLUMN restored INTEGER NOT NULL DEFAULT 0;
UPDATE source SET restored = coalesce((SELECT restored FROM house), 0);
ALTER TABLE house DROP COLUMN restored;
