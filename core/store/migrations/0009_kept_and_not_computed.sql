-- Of all that web orders hold only what the book has not followed yet is asked for, again and again: it is kept, and written with each
-- line and each taking. What was taken for one listing never counts for another; what names none of the order's listings counts for
-- whichever line lacks it.
CREATE TABLE open_lines (
    cart INTEGER NOT NULL REFERENCES carts,
    order_no TEXT NOT NULL,
    sku TEXT NOT NULL,
    held INTEGER NOT NULL,               -- pieces that the order holds and no change has taken
    untold INTEGER NOT NULL,             -- pieces that the Order Manager says it has taken, and no change has
    PRIMARY KEY (cart, order_no, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX open_lines_by_sku ON open_lines (cart, sku);

-- Of the orders' lines, which SKU by SKU of each order lacks what.
CREATE VIEW weighed_lines AS
    SELECT cart, order_no, sku, max(0, holds - loose) AS held, max(0, says - loose) AS untold FROM (
        SELECT l.cart, l.order_no, l.sku,
               sum(CASE WHEN l.listing = '' THEN l.qty ELSE max(0, l.qty - coalesce(own.pieces, 0)) END) AS holds,
               sum(CASE WHEN l.listing = '' THEN l.taken ELSE max(0, l.taken - coalesce(own.pieces, 0)) END) AS says,
               (SELECT coalesce(sum(t.pieces), 0) FROM order_takings t
                WHERE t.cart = l.cart AND t.sku = l.sku AND t.order_no = l.order_no
                  AND (t.listing = '' OR NOT EXISTS (SELECT 1 FROM order_lines n WHERE n.cart = t.cart AND n.order_no = t.order_no
                                                     AND n.sku = t.sku AND n.listing = t.listing))) AS loose
        FROM order_lines l
        LEFT JOIN order_takings own ON own.cart = l.cart AND own.sku = l.sku AND own.order_no = l.order_no
                                   AND own.listing = l.listing AND l.listing <> ''
        GROUP BY l.cart, l.order_no, l.sku);

INSERT INTO open_lines (cart, order_no, sku, held, untold)
    SELECT cart, order_no, sku, held, untold FROM weighed_lines WHERE held > 0 OR untold > 0;

-- The two waits that decide what may be sent are of the agent's own time: a wall clock that is set ahead must not end them. Those that
-- are under way begin anew.
ALTER TABLE carts RENAME COLUMN next_floor_at TO next_floor_since;
UPDATE carts SET next_floor_since = (SELECT steady_ms FROM agent) WHERE next_floor_since IS NOT NULL;
ALTER TABLE listings RENAME COLUMN seen_gap_at TO seen_gap_since;
UPDATE listings SET seen_gap_since = (SELECT steady_ms FROM agent) WHERE seen_gap_since IS NOT NULL;

-- Whether what the last snapshot contains has reached the listing, also where all listings of the cart are doubted since.
ALTER TABLE listings ADD COLUMN has_count INTEGER NOT NULL DEFAULT 0 CHECK (has_count = 0 OR has_count = 1);
UPDATE listings SET has_count = 1 WHERE unaligned = 0;

-- What waits longest is asked for lane by lane: a job's posts wait for one another.
DROP INDEX posts_waiting;
CREATE INDEX posts_waiting ON posts (cart, lane, created, post)
    WHERE (state = 'queued' OR state = 'sending' OR state = 'uncertain') AND parked = 0;
