-- What ends all that waits is done slice by slice, too: the posts of a cart that was turned off, and the SKUs of a job that
-- was cancelled. How far it has got shows in what still waits; that it is to be done has to outlive the program.

ALTER TABLE carts ADD COLUMN fold_to INTEGER;  -- queued posts up to this one are not sent any more
ALTER TABLE jobs ADD COLUMN let_go TEXT NOT NULL DEFAULT '';  -- why its SKUs that wait are skipped; empty: they go on
CREATE INDEX jobs_let_go ON jobs (cart, job) WHERE let_go <> '';

-- SKUs that the Order Manager has to count again are told to people, all in one notice.
CREATE INDEX items_to_retake ON items (sku) WHERE retake = 1;
