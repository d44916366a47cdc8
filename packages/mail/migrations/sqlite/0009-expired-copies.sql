-- A collected message that went because its days were over was not removed by its owner, and is not removed where it came
-- from. Set when the account's expiry removes it, or moves it to Trash; whatever its owner does with it afterwards clears it.
ALTER TABLE fetched ADD COLUMN expired INTEGER NOT NULL DEFAULT 0;
-- Of what went before nobody can tell; where the account has days, the other server keeps it.
UPDATE fetched SET expired = 1
WHERE account_id IN (SELECT account_id FROM account WHERE expire_days IS NOT NULL)
  AND (
    removed_at IS NOT NULL
    OR EXISTS (
      SELECT 1 FROM placement p JOIN mailbox b USING (mailbox_id)
      WHERE p.account_id = fetched.account_id AND p.message_id = fetched.message_id AND b.role = 'trash' AND p.popped = 1
    )
  );
