-- Mail that a POP client leaves for longer goes by itself (RFC 2449, section 6.7). NULL: never. 0: with the session that
-- retrieved it. Days count from the arrival or from expire_since (milliseconds), when they were set, whichever is later.
ALTER TABLE account ADD COLUMN expire_days INTEGER;
ALTER TABLE account ADD COLUMN expire_since INTEGER;
CREATE INDEX account_expiry ON account (expire_days) WHERE expire_days IS NOT NULL AND removed_at IS NULL;
