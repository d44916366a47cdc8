-- Of removed_at: nobody heard QUIT's answer; a listing without the message told. One that has it takes it back.
ALTER TABLE message ADD COLUMN removed_by_absence INTEGER NOT NULL DEFAULT 0;
-- house.identity is from here on a random mark, new with every run, which stands in fetch.mark as well.
