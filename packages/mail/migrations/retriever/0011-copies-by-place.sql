-- What is shown of messages of this store asks what is known of them by where they are: a page at a time, of however many.
CREATE INDEX copy_place ON copy (place);
