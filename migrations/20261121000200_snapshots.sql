-- Configuration texts by content, the reads that found them, and the record of each device.

CREATE TABLE blob (
    hash  BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 32),
    bytes INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    data  BLOB NOT NULL
) STRICT;

CREATE TRIGGER blob_is_immutable BEFORE UPDATE ON blob
BEGIN SELECT RAISE(ABORT, 'a blob never changes'); END;

CREATE TABLE snapshot (
    id            INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id     INTEGER NOT NULL REFERENCES device (id),
    at            INTEGER NOT NULL,
    device_time   TEXT,
    scope         TEXT NOT NULL CHECK (scope IN ('l2', 'full')),
    source        TEXT NOT NULL,
    deployment_id INTEGER,
    hash          BLOB NOT NULL REFERENCES blob (hash),
    facts         BLOB REFERENCES blob (hash),
    notices       TEXT NOT NULL,
    secrets       INTEGER NOT NULL,
    changed       INTEGER NOT NULL CHECK (changed IN (0, 1)),
    indexed       INTEGER NOT NULL DEFAULT 0 CHECK (indexed IN (0, 1))
) STRICT;

CREATE INDEX snapshot_device ON snapshot (device_id, at, id);
CREATE INDEX snapshot_latest ON snapshot (device_id, scope, id);
CREATE INDEX snapshot_hash ON snapshot (hash);
CREATE INDEX snapshot_at ON snapshot (at);
CREATE INDEX snapshot_to_index ON snapshot (id) WHERE indexed = 0;

-- Only the mark of the line index is ever written again.
CREATE TRIGGER snapshot_is_immutable
BEFORE UPDATE OF id, device_id, at, device_time, scope, source, deployment_id, hash, facts, notices, secrets, changed
ON snapshot
BEGIN SELECT RAISE(ABORT, 'a snapshot never changes'); END;

CREATE TABLE record (
    device_id   INTEGER PRIMARY KEY NOT NULL REFERENCES device (id),
    snapshot_id INTEGER NOT NULL REFERENCES snapshot (id),
    accepted_at INTEGER NOT NULL,
    accepted_by TEXT NOT NULL
) STRICT;
