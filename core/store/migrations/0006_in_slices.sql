-- What is done of many items is done slice by slice: how far the end of a snapshot and a changed buffer have got has to
-- outlive the program.

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
