-- What is done of many items is done slice by slice: how far the end of a snapshot and a changed buffer have got has to
-- outlive the program. And what a job writes for each SKU has no `IN (…)` of more than two words in its conditions any
-- more: SQLite makes a table of each for every row.

-- A snapshot's counts in the order in which they are taken over; of a SKU sent twice the later.
CREATE TABLE snapshot_items_next (
    source TEXT NOT NULL,
    sku TEXT NOT NULL,
    qoh INTEGER NOT NULL,
    name TEXT,
    tracked INTEGER NOT NULL,
    PRIMARY KEY (source, sku)
) STRICT, WITHOUT ROWID;
INSERT OR REPLACE INTO snapshot_items_next (source, sku, qoh, name, tracked)
    SELECT source, sku, qoh, name, tracked FROM snapshot_items ORDER BY rowid;
DROP TABLE snapshot_items;
ALTER TABLE snapshot_items_next RENAME TO snapshot_items;

ALTER TABLE snapshots ADD COLUMN received INTEGER NOT NULL DEFAULT 0;  -- SKUs so far
ALTER TABLE snapshots ADD COLUMN whole_at INTEGER;                     -- its last part has come: it is being taken over
ALTER TABLE snapshots ADD COLUMN taken_to TEXT NOT NULL DEFAULT '';    -- up to this SKU; what is left of those is to be sent again
ALTER TABLE snapshots ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;     -- counts that differed
UPDATE snapshots SET received = (SELECT count(*) FROM snapshot_items i WHERE i.source = snapshots.source);

-- While a changed buffer goes to the listings: the one that is still kept for SKUs behind `buffer_to`.
ALTER TABLE carts ADD COLUMN buffer_before INTEGER;
ALTER TABLE carts ADD COLUMN buffer_to TEXT NOT NULL DEFAULT '';

ALTER TABLE listings ADD COLUMN said TEXT NOT NULL DEFAULT ''
    CHECK (said = '' OR said = 'count' OR said = 'not_found' OR said = 'not_tracked' OR said = 'ambiguous' OR said = 'error');
UPDATE listings SET said = word WHERE word <> '';
ALTER TABLE listings DROP COLUMN word;
ALTER TABLE listings RENAME COLUMN said TO word;

CREATE TABLE job_items_next (
    job INTEGER NOT NULL REFERENCES jobs,
    store_sku TEXT NOT NULL,
    sku TEXT NOT NULL,                   -- the Order Manager's, or the store's where it knows none
    listing INTEGER,
    result TEXT NOT NULL CHECK (result = 'ok' OR result = 'would_change' OR result = 'not_found' OR result = 'not_tracked'
                                OR result = 'ambiguous' OR result = 'error' OR result = 'skipped' OR result = 'new'
                                OR result = 'different' OR result = 'waiting'),
    stage TEXT NOT NULL DEFAULT '' CHECK (stage = '' OR stage = 'posted' OR stage = 'handed_out' OR stage = 'to_replace'
                                          OR stage = 'replaced' OR stage = 'to_read'),
    cause TEXT NOT NULL DEFAULT '',
    om_qoh INTEGER,
    before INTEGER,                      -- the store's count
    after INTEGER,
    delta INTEGER NOT NULL DEFAULT 0,    -- the gap that was closed: at the store (Send) or in the Order Manager (Get)
    post INTEGER,
    text TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (job, store_sku)
) STRICT, WITHOUT ROWID;
INSERT INTO job_items_next SELECT job, store_sku, sku, listing, result, stage, cause, om_qoh, before, after, delta, post, text
    FROM job_items;
DROP TABLE job_items;
ALTER TABLE job_items_next RENAME TO job_items;
CREATE INDEX job_items_staged ON job_items (job, stage, store_sku) WHERE stage <> '';
CREATE INDEX job_items_waiting ON job_items (job, store_sku) WHERE result = 'waiting';
