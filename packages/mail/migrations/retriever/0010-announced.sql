-- Names of the capabilities the server announced at the last login: with others it is another server, or another build.
ALTER TABLE source ADD COLUMN announced TEXT;
