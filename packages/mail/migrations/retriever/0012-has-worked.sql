-- It was logged in to since it was set up: a certificate it is shown later is not to be trusted by a click (RFC 8314 section 5.4).
ALTER TABLE source ADD COLUMN has_worked INTEGER NOT NULL DEFAULT 0;
UPDATE source SET has_worked = 1 WHERE last_login_at IS NOT NULL;
