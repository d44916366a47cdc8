-- A secret that can be read with the key file, for APOP and CRAM-MD5; a login that has one takes no password over POP.
ALTER TABLE login ADD COLUMN apop_secret TEXT;
