-- Which past an account has. A store that was restored from a backup counts its changes on from an earlier one, so the
-- number of a change alone does not say which change it is: whoever follows the log also knows under which run he saw it.

-- Random, another at each start of an owner.
ALTER TABLE store ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
-- The run that changed the account last; 0 when none has since this column is there.
ALTER TABLE account ADD COLUMN run INTEGER NOT NULL DEFAULT 0;

-- The latest runs that changed an account.
CREATE TABLE history (
  account_id INTEGER NOT NULL,
  -- Of the last change before the run's first.
  modseq INTEGER NOT NULL,
  run INTEGER NOT NULL,
  PRIMARY KEY (account_id, modseq)
) STRICT, WITHOUT ROWID;
