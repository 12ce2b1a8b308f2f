-- When each source of changes usually speaks (core/sync/source_rhythm.h).
CREATE TABLE sources (
    source TEXT PRIMARY KEY,
    workstation TEXT NOT NULL,           -- of its last change; empty: it names none
    spoke BLOB NOT NULL,                 -- a bit per hour of the last four weeks, by the hour since the epoch, modulo
    last_hour INTEGER NOT NULL,          -- in which it was heard, since the epoch
    missed INTEGER NOT NULL              -- quarters of expected hours since
) STRICT, WITHOUT ROWID;
