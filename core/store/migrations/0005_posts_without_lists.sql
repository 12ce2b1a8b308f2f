-- SQLite makes a table of `IN (…)` for each row that it writes, once for each such condition: a post was written twice as slowly
-- as with OR. The table is the same as before; its conditions say OR.

CREATE TABLE posts_next (
    post INTEGER PRIMARY KEY AUTOINCREMENT,
    cart INTEGER NOT NULL REFERENCES carts,
    listing INTEGER NOT NULL REFERENCES listings,
    delta INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state = 'queued' OR state = 'sending' OR state = 'uncertain' OR state = 'rejected'
                               OR state = 'confirmed' OR state = 'settled' OR state = 'folded' OR state = 'cancelled'),
    parked INTEGER NOT NULL DEFAULT 0 CHECK (parked = 0 OR state = 'uncertain'),
    held INTEGER NOT NULL DEFAULT 0 CHECK (held = 0 OR held = 1),  -- an earlier post of its listing is not finished
    lane INTEGER NOT NULL DEFAULT 1,     -- 0: few pieces are left, goes first
    due INTEGER NOT NULL DEFAULT 0,      -- not before; 0: at once
    paused INTEGER NOT NULL DEFAULT 0 CHECK (paused = 0 OR paused = 1),  -- by a person, until `due`
    attempts INTEGER NOT NULL DEFAULT 0,
    changes INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    created INTEGER NOT NULL,
    number INTEGER,                      -- key, number and payload never change after the first sending
    postid TEXT,
    store_id TEXT,
    first_sent_at INTEGER,
    first_sent INTEGER,
    finished_at INTEGER,
    error_code TEXT NOT NULL DEFAULT '',
    error_text TEXT NOT NULL DEFAULT '',
    expected_qoh INTEGER,
    reply_qoh INTEGER,
    proposal TEXT CHECK (proposal = 'applied' OR proposal = 'not_applied'),
    settled_by INTEGER,                  -- a post, perhaps pruned since
    doubt TEXT NOT NULL DEFAULT ''       -- was it unclear, and what ended that
        CHECK (doubt = '' OR doubt = 'open' OR doubt = 'key' OR doubt = 'gap' OR doubt = 'person'),
    CHECK (state <> 'sending' OR attempts > 0),
    CHECK ((postid IS NULL) = (store_id IS NULL))
) STRICT;
INSERT INTO posts_next SELECT post, cart, listing, delta, state, parked, held, lane, due, paused, attempts, changes, created_at,
                              created, number, postid, store_id, first_sent_at, first_sent, finished_at, error_code, error_text,
                              expected_qoh, reply_qoh, proposal, settled_by, doubt FROM posts;
-- No number of a post that was pruned is given again.
INSERT INTO sqlite_sequence (name, seq) SELECT 'posts_next', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'posts_next');
UPDATE sqlite_sequence SET seq = max(seq, coalesce((SELECT s.seq FROM sqlite_sequence s WHERE s.name = 'posts'), 0)) WHERE name = 'posts_next';
DROP TABLE posts;
ALTER TABLE posts_next RENAME TO posts;

CREATE INDEX posts_fresh ON posts (cart, lane, post) WHERE state = 'queued' AND held = 0 AND due = 0;
CREATE INDEX posts_retry ON posts (cart, due) WHERE state = 'queued' AND held = 0 AND due > 0;
CREATE INDEX posts_open ON posts (listing, post) WHERE (state = 'queued' OR state = 'sending' OR state = 'uncertain') AND parked = 0;
CREATE INDEX posts_waiting ON posts (cart, created, post) WHERE (state = 'queued' OR state = 'sending' OR state = 'uncertain') AND parked = 0;
CREATE INDEX posts_sending ON posts (post) WHERE state = 'sending';
CREATE INDEX posts_uncertain ON posts (cart, post) WHERE state = 'uncertain';
CREATE INDEX posts_stuck ON posts (listing, post) WHERE state = 'rejected' OR parked = 1;
CREATE INDEX posts_rejected ON posts (cart, post) WHERE state = 'rejected';
CREATE INDEX posts_ended ON posts (listing, post) WHERE finished_at IS NOT NULL;
CREATE INDEX posts_finished ON posts (finished_at) WHERE finished_at IS NOT NULL;

CREATE TRIGGER posts_added AFTER INSERT ON posts BEGIN
    UPDATE post_counts SET posts = posts + 1 WHERE cart = new.cart AND state = new.state;
END;
CREATE TRIGGER posts_moved AFTER UPDATE OF state ON posts WHEN old.state <> new.state BEGIN
    UPDATE post_counts SET posts = posts - 1 WHERE cart = old.cart AND state = old.state;
    UPDATE post_counts SET posts = posts + 1 WHERE cart = new.cart AND state = new.state;
END;
CREATE TRIGGER posts_parked AFTER UPDATE OF parked ON posts WHEN old.parked <> new.parked BEGIN
    UPDATE post_counts SET posts = posts + new.parked - old.parked WHERE cart = new.cart AND state = 'parked';
END;
CREATE TRIGGER posts_removed AFTER DELETE ON posts BEGIN
    UPDATE post_counts SET posts = posts - 1 WHERE cart = old.cart AND state = old.state;
END;
