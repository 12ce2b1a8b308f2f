-- A store's list on its way to the listings: what its answers told, in runs that are sorted by SKU, some SKUs to a row.
-- A list that breaks off leaves its rows to the next one of its kind, which removes them.
CREATE TABLE told_counts (
    block INTEGER PRIMARY KEY,
    cart INTEGER NOT NULL REFERENCES carts,
    list TEXT NOT NULL CHECK (list IN ('base', 'job')),  -- whose it is; a cart has one of each at a time
    told BLOB NOT NULL                   -- as core/store/told_counts.cpp writes them
) STRICT;
CREATE INDEX told_counts_by_list ON told_counts (cart, list);
