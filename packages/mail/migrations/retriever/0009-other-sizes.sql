-- Other sizes that the message was listed with, as a JSON array: under each of them its octets came, and were the same.
ALTER TABLE message ADD COLUMN other_sizes TEXT NOT NULL DEFAULT '[]';
