-- Whether a cart's counts were compared as a whole since its listings became unaligned, and since when that is so (of the
-- agent's time). Of a cart from before it is known by its listings.
ALTER TABLE carts ADD COLUMN aligned INTEGER NOT NULL DEFAULT 0 CHECK (aligned = 0 OR aligned = 1);
ALTER TABLE carts ADD COLUMN aligned_since INTEGER NOT NULL DEFAULT 0;
UPDATE carts SET aligned = 1, aligned_since = audited
    WHERE EXISTS (SELECT 1 FROM listings l WHERE l.cart = carts.cart AND l.unaligned = 0);
UPDATE carts SET aligned_since = synchronized WHERE aligned = 0;
