-- The computers on the network that may use this agent. Who they are is their public key; what they may do is
-- looked up at each of their requests.
CREATE TABLE client_keys (
    key TEXT PRIMARY KEY CHECK (length(key) = 64),
    name TEXT NOT NULL,
    asks INTEGER NOT NULL CHECK (asks IN (0, 1)),  -- 1: it has no role yet
    role TEXT NOT NULL CHECK (role IN ('none', 'viewer', 'operator', 'order_manager', 'admin')),
    barred TEXT NOT NULL DEFAULT '',               -- words, with commas between
    added_at INTEGER NOT NULL,
    last_seen INTEGER,
    address TEXT NOT NULL DEFAULT '',
    CHECK (asks = 0 OR role = 'none')
) STRICT, WITHOUT ROWID;
