-- Times: *_at in milliseconds since the Unix epoch; the others (created, due, first_sent, ...) on the agent's
-- own time line, which never goes back (core/time.h).

CREATE TABLE agent (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    agent TEXT NOT NULL,                 -- our id at the connectors
    incarnation TEXT NOT NULL,           -- drawn with this database
    machine TEXT NOT NULL,               -- whose folder this is; another one means that it was copied
    commits INTEGER NOT NULL DEFAULT 0,  -- committed turns; the marker outside knows the last one
    next_number INTEGER NOT NULL DEFAULT 1,
    wall_ms INTEGER NOT NULL,            -- the agent's time line: where it stood, and at what wall time
    steady_ms INTEGER NOT NULL,
    trouble TEXT NOT NULL DEFAULT '' CHECK (trouble IN ('', 'restored', 'cloned'))
) STRICT;

CREATE TABLE parameters (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE carts (
    cart INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    url TEXT NOT NULL,
    store_url TEXT NOT NULL DEFAULT '',
    user TEXT NOT NULL DEFAULT '',
    store_code TEXT NOT NULL DEFAULT '',
    charset TEXT NOT NULL DEFAULT 'utf-8',
    dialect TEXT NOT NULL DEFAULT 'auto' CHECK (dialect IN ('auto', 'text', 'xml')),
    synchronize_inventory INTEGER NOT NULL DEFAULT 0 CHECK (synchronize_inventory IN (0, 1)),
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    allow_http INTEGER NOT NULL DEFAULT 0 CHECK (allow_http IN (0, 1)),
    connections INTEGER NOT NULL DEFAULT 4,
    batch_size INTEGER NOT NULL DEFAULT 250,
    items_per_send INTEGER NOT NULL DEFAULT 100,
    timeout_ms INTEGER NOT NULL DEFAULT 30000,
    buffer INTEGER NOT NULL DEFAULT 0 CHECK (buffer >= 0),
    paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    paused_until INTEGER,
    stop TEXT NOT NULL DEFAULT '' CHECK (stop IN ('', 'credentials', 'absolute_script', 'other_agent',
                                                  'store_changed', 'store_restored', 'agent_restored', 'cloned')),
    stop_detail TEXT NOT NULL DEFAULT '',
    -- what was found out about the script
    learned TEXT NOT NULL DEFAULT '{}',
    has_base INTEGER NOT NULL DEFAULT 0 CHECK (has_base IN (0, 1)),       -- its counts were read since it was switched on
    adds INTEGER NOT NULL DEFAULT 0 CHECK (adds IN (0, 1)),               -- differences are proven to be differences
    store_id TEXT NOT NULL DEFAULT '',   -- of the connector that our keys went to
    store_seq INTEGER NOT NULL DEFAULT 0, -- its highest SEQ that we saw
    last_confirmed_at INTEGER,
    -- the last import of web orders that the Order Manager told of
    last_order TEXT NOT NULL DEFAULT '',
    imports INTEGER NOT NULL DEFAULT 0,
    import_news INTEGER NOT NULL DEFAULT 0,  -- how many of them told something new: a read rests on the last of these
    import_complete INTEGER,
    imported_at INTEGER,
    -- the highest order of a complete import, once it is two days old: nothing below it is still being placed
    order_floor TEXT NOT NULL DEFAULT '',
    next_floor TEXT NOT NULL DEFAULT '',
    next_floor_at INTEGER,
    synchronized INTEGER NOT NULL DEFAULT 0,  -- since when it is synchronized: in its first weeks it is compared more often
    audited INTEGER NOT NULL DEFAULT 0,       -- when an audit of it last began
    listed INTEGER NOT NULL DEFAULT 0,        -- SKUs in its last complete list of counts
    deleted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX carts_by_id ON carts (id) WHERE deleted_at IS NULL;

CREATE TABLE cart_excludes (
    cart INTEGER NOT NULL REFERENCES carts,
    sku TEXT NOT NULL,
    PRIMARY KEY (cart, sku)
) STRICT, WITHOUT ROWID;

CREATE TABLE cart_sku_map (
    cart INTEGER NOT NULL REFERENCES carts,
    store_sku TEXT NOT NULL,             -- one listing belongs to one OM SKU
    om_sku TEXT NOT NULL,
    PRIMARY KEY (cart, store_sku)
) STRICT, WITHOUT ROWID;

CREATE TABLE items (
    item INTEGER PRIMARY KEY,
    sku TEXT NOT NULL UNIQUE,
    name TEXT,
    qoh INTEGER NOT NULL DEFAULT 0,
    has_baseline INTEGER NOT NULL DEFAULT 0 CHECK (has_baseline IN (0, 1)),  -- 0: the count is "unknown + qoh"
    tracked INTEGER NOT NULL DEFAULT 1 CHECK (tracked IN (0, 1)),
    counting TEXT CHECK (counting IN ('delta', 'qoh')),                      -- fixed by the first change
    version INTEGER,                     -- of the last accepted count
    book_version INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,  -- when the book last moved
    counted_at INTEGER,                  -- opening of the snapshot that the count comes from
    counted_until INTEGER,               -- and its end
    reported_qoh INTEGER,                -- of the last accepted change that told a count
    retake INTEGER NOT NULL DEFAULT 0 CHECK (retake IN (0, 1))               -- no verdict until counted again
) STRICT;

CREATE INDEX items_any_case ON items (sku COLLATE NOCASE);

CREATE TABLE listings (
    listing INTEGER PRIMARY KEY,
    cart INTEGER NOT NULL REFERENCES carts,
    store_sku TEXT NOT NULL,
    item INTEGER REFERENCES items,       -- none: only the store knows it
    unaligned INTEGER NOT NULL DEFAULT 1 CHECK (unaligned IN (0, 1)),
    word TEXT NOT NULL DEFAULT '' CHECK (word IN ('', 'count', 'not_found', 'not_tracked', 'ambiguous', 'error')),
    store_qoh INTEGER,                   -- last count that we know of the store
    store_qoh_at INTEGER,
    -- a gap that a quiet read showed, so that the next complete import can confirm it
    seen_gap INTEGER,
    seen_gap_at INTEGER,
    seen_gap_import INTEGER,
    repaired INTEGER,                    -- when a lost difference was last sent again without asking
    held_version INTEGER,                -- book version at which a job was undone here: no repair until it moves
    ignored_until INTEGER,               -- a person does not want to hear of its drift before
    UNIQUE (cart, store_sku)
) STRICT;
CREATE INDEX listings_by_item ON listings (item) WHERE item IS NOT NULL;

CREATE TABLE posts (
    post INTEGER PRIMARY KEY AUTOINCREMENT,
    cart INTEGER NOT NULL REFERENCES carts,
    listing INTEGER NOT NULL REFERENCES listings,
    delta INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'uncertain', 'rejected', 'confirmed', 'settled',
                                         'folded', 'cancelled')),
    parked INTEGER NOT NULL DEFAULT 0 CHECK (parked = 0 OR state = 'uncertain'),
    held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),  -- an earlier post of its listing is not finished
    lane INTEGER NOT NULL DEFAULT 1,     -- 0: few pieces are left, goes first
    due INTEGER NOT NULL DEFAULT 0,      -- not before; 0: at once
    paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),  -- by a person, until `due`
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
    proposal TEXT CHECK (proposal IN ('applied', 'not_applied')),
    settled_by INTEGER,                  -- a post, perhaps pruned since
    doubt TEXT NOT NULL DEFAULT '' CHECK (doubt IN ('', 'open', 'key', 'gap', 'person')),  -- was it unclear, and what ended that
    CHECK (state NOT IN ('sending') OR attempts > 0),
    CHECK ((postid IS NULL) = (store_id IS NULL))
) STRICT;
CREATE INDEX posts_fresh ON posts (cart, lane, post) WHERE state = 'queued' AND held = 0 AND due = 0;
CREATE INDEX posts_retry ON posts (cart, due) WHERE state = 'queued' AND held = 0 AND due > 0;
CREATE INDEX posts_open ON posts (listing, post) WHERE state IN ('queued', 'sending', 'uncertain') AND parked = 0;
CREATE INDEX posts_waiting ON posts (cart, created, post) WHERE state IN ('queued', 'sending', 'uncertain') AND parked = 0;
CREATE INDEX posts_sending ON posts (post) WHERE state = 'sending';
CREATE INDEX posts_uncertain ON posts (cart, post) WHERE state = 'uncertain';
CREATE INDEX posts_stuck ON posts (listing, post) WHERE state = 'rejected' OR parked = 1;
CREATE INDEX posts_rejected ON posts (cart, post) WHERE state = 'rejected';
CREATE INDEX posts_ended ON posts (listing, post) WHERE finished_at IS NOT NULL;
CREATE INDEX posts_finished ON posts (finished_at) WHERE finished_at IS NOT NULL;

-- How many posts of a cart are in a state, kept by the database itself so that no start has to count.
CREATE TABLE post_counts (
    cart INTEGER NOT NULL REFERENCES carts,
    state TEXT NOT NULL,                 -- or 'parked', which are among the uncertain
    posts INTEGER NOT NULL CHECK (posts >= 0),
    PRIMARY KEY (cart, state)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER carts_counted AFTER INSERT ON carts BEGIN
    INSERT INTO post_counts (cart, state, posts)
        SELECT new.cart, column1, 0 FROM (VALUES ('queued'), ('sending'), ('uncertain'), ('rejected'), ('confirmed'),
                                                 ('settled'), ('folded'), ('cancelled'), ('parked'));
END;
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

-- Every change ever accepted, for ever: two 16-byte hashes, apart from the history, which is pruned.
CREATE TABLE change_ids (
    key BLOB PRIMARY KEY,                -- of (source, id)
    content BLOB NOT NULL                -- of (sku, delta or qoh, reason, origin)
) STRICT, WITHOUT ROWID;

-- Answers to calls that carried a client's id: a repeat is answered with the first answer.
CREATE TABLE call_answers (
    id TEXT PRIMARY KEY,
    method TEXT NOT NULL,
    content BLOB NOT NULL,               -- of the params, without secrets
    answer BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX call_answers_by_age ON call_answers (at);

-- What a web order holds of a listing, as the Order Manager told in its import.
CREATE TABLE order_lines (
    cart INTEGER NOT NULL REFERENCES carts,
    order_no TEXT NOT NULL,
    sku TEXT NOT NULL,                   -- the Order Manager's
    listing TEXT NOT NULL DEFAULT '',    -- which store SKU, where a SKU has several
    qty INTEGER NOT NULL,
    taken INTEGER NOT NULL,              -- pieces that the Order Manager says it has taken from QOH
    reported_at INTEGER NOT NULL,
    PRIMARY KEY (cart, order_no, sku, listing)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_lines_by_sku ON order_lines (cart, sku);
-- What accepted changes with that order took from the book.
CREATE TABLE order_takings (
    cart INTEGER NOT NULL REFERENCES carts,
    order_no TEXT NOT NULL,
    sku TEXT NOT NULL,
    listing TEXT NOT NULL DEFAULT '',
    pieces INTEGER NOT NULL,
    PRIMARY KEY (cart, sku, order_no, listing)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
    source TEXT PRIMARY KEY,
    snapshot TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    last_part INTEGER NOT NULL,          -- highest part received
    touched INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE snapshot_items (
    source TEXT NOT NULL,
    sku TEXT NOT NULL,
    qoh INTEGER NOT NULL,
    name TEXT,
    tracked INTEGER NOT NULL
) STRICT;

-- Get QOH, Send QOH, audit, undo.
CREATE TABLE jobs (
    job INTEGER PRIMARY KEY AUTOINCREMENT,
    cart INTEGER NOT NULL REFERENCES carts,
    kind TEXT NOT NULL CHECK (kind IN ('get_qoh', 'send_qoh', 'audit', 'undo')),
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'waiting', 'blocked', 'done', 'failed', 'cancelled')),
    dry_run INTEGER NOT NULL DEFAULT 0 CHECK (dry_run IN (0, 1)),
    create_records INTEGER NOT NULL DEFAULT 0 CHECK (create_records IN (0, 1)),
    allow_pending INTEGER NOT NULL DEFAULT 0 CHECK (allow_pending IN (0, 1)),
    guard_override INTEGER NOT NULL DEFAULT 0 CHECK (guard_override IN (0, 1)),
    is_selection INTEGER NOT NULL DEFAULT 0 CHECK (is_selection IN (0, 1)),  -- job_skus says which
    undoes INTEGER REFERENCES jobs,
    by TEXT NOT NULL DEFAULT '',         -- who started it; empty: the agent by itself
    reason TEXT NOT NULL DEFAULT '',
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    total INTEGER NOT NULL DEFAULT 0,    -- SKUs to be dealt with, once known
    done INTEGER NOT NULL DEFAULT 0,
    code TEXT NOT NULL DEFAULT '',       -- why it is blocked or failed
    message TEXT NOT NULL DEFAULT '',
    data TEXT NOT NULL DEFAULT ''        -- the guard's numbers, a JSON object
) STRICT;
CREATE UNIQUE INDEX jobs_at_work ON jobs (cart) WHERE state IN ('queued', 'running', 'waiting');
CREATE TABLE job_skus (
    job INTEGER NOT NULL REFERENCES jobs,
    sku TEXT NOT NULL,                   -- the Order Manager's
    PRIMARY KEY (job, sku)
) STRICT, WITHOUT ROWID;
-- What a job did per store SKU, and why. Those that were equal are only counted.
CREATE TABLE job_items (
    job INTEGER NOT NULL REFERENCES jobs,
    store_sku TEXT NOT NULL,
    sku TEXT NOT NULL,                   -- the Order Manager's, or the store's where it knows none
    listing INTEGER,
    result TEXT NOT NULL CHECK (result IN ('ok', 'would_change', 'not_found', 'not_tracked', 'ambiguous', 'error', 'skipped',
                                           'new', 'different', 'waiting')),
    stage TEXT NOT NULL DEFAULT '' CHECK (stage IN ('', 'posted', 'handed_out', 'to_replace', 'replaced', 'to_read')),
    cause TEXT NOT NULL DEFAULT '',
    om_qoh INTEGER,
    before INTEGER,                      -- the store's count
    after INTEGER,
    delta INTEGER NOT NULL DEFAULT 0,    -- the gap that was closed: at the store (Send) or in the Order Manager (Get)
    post INTEGER,
    text TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (job, store_sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_items_staged ON job_items (job, stage, store_sku) WHERE stage <> '';
CREATE INDEX job_items_waiting ON job_items (job, store_sku) WHERE result = 'waiting';
CREATE TABLE job_counts (
    job INTEGER NOT NULL REFERENCES jobs,
    result TEXT NOT NULL,
    skus INTEGER NOT NULL,
    PRIMARY KEY (job, result)
) STRICT, WITHOUT ROWID;

-- What Get QOH found and the Order Manager has to take over; here until it has acknowledged it.
CREATE TABLE pull_items (
    cursor INTEGER PRIMARY KEY AUTOINCREMENT,
    sku TEXT NOT NULL,
    delta INTEGER NOT NULL,              -- to be added to the Order Manager's count
    qoh INTEGER NOT NULL,                -- what its count will be, for people
    new_product INTEGER NOT NULL CHECK (new_product IN (0, 1)),
    name TEXT,
    cart INTEGER NOT NULL REFERENCES carts,
    listing INTEGER NOT NULL REFERENCES listings,
    job INTEGER NOT NULL REFERENCES jobs,
    aligns INTEGER NOT NULL CHECK (aligns IN (0, 1)),  -- its takeover closes the listing's gap
    takes_back INTEGER NOT NULL CHECK (takes_back IN (0, 1))  -- of an undo
) STRICT;
CREATE UNIQUE INDEX pull_items_by_listing ON pull_items (listing);
CREATE INDEX pull_items_by_sku ON pull_items (sku);
CREATE TABLE pull_consumer (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    consumer TEXT NOT NULL,
    given INTEGER NOT NULL DEFAULT 0     -- the highest cursor that any consumer was ever given
) STRICT;

CREATE TABLE alerts (
    alert INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    cart TEXT NOT NULL DEFAULT '',       -- ids as on the wire; empty: none
    sku TEXT NOT NULL DEFAULT '',
    since INTEGER NOT NULL,
    message TEXT NOT NULL,
    hint TEXT NOT NULL,
    action TEXT NOT NULL DEFAULT '',
    count INTEGER NOT NULL DEFAULT 1,
    dismissed INTEGER NOT NULL DEFAULT 0 CHECK (dismissed IN (0, 1)),
    UNIQUE (kind, cart, sku)
) STRICT;

CREATE TABLE history (
    entry INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    by TEXT,
    workstation TEXT,
    cart TEXT,
    sku TEXT,
    delta INTEGER,
    text TEXT NOT NULL,
    data TEXT                            -- a JSON object
) STRICT;
CREATE INDEX history_by_sku ON history (sku, entry) WHERE sku IS NOT NULL;
