-- Which message a row of the audit is of: its unique-id changes when its server is moved, and may be that of several.
-- NULL: it is not known any more, or nobody can tell.
ALTER TABLE audit ADD COLUMN message_id INTEGER REFERENCES message (message_id) ON DELETE SET NULL;
CREATE INDEX audit_message_id ON audit (message_id);

-- Rows that only one message can be what became of: stored under this unique-id, or stored then under another one.
CREATE INDEX message_sha256 ON message (source, sha256);
UPDATE audit SET message_id = only.message_id
FROM (
  SELECT a.audit_id, min(m.message_id) AS message_id
  FROM audit a JOIN message m INDEXED BY message_sha256 ON m.source = a.source AND m.sha256 = a.sha256
  WHERE m.unique_id = a.unique_id OR m.collected_at = a.stored_at
  GROUP BY a.audit_id HAVING count(*) = 1
) AS only
WHERE audit.audit_id = only.audit_id;
DROP INDEX message_sha256;
