-- What an order took is given back by a later word of it only where a newer count's difference was posted.
ALTER TABLE items ADD COLUMN unposted_version INTEGER;  -- of the last count that was taken over without a post
