-- Who is managed, how it is reached and which host key is trusted. No secret stands here: credentials are names.

CREATE TABLE credential (
    name    TEXT PRIMARY KEY NOT NULL,
    user    TEXT NOT NULL,
    kept_in TEXT NOT NULL CHECK (kept_in IN ('keyring', 'session')),
    set_at  INTEGER NOT NULL
) STRICT;

-- A device that was removed keeps its row, because its snapshots and deployments stay.
CREATE TABLE device (
    id          INTEGER PRIMARY KEY NOT NULL,
    name        TEXT NOT NULL UNIQUE,
    address     TEXT NOT NULL,
    port        INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    credentials TEXT REFERENCES credential (name) ON UPDATE CASCADE ON DELETE SET NULL,
    practice    INTEGER NOT NULL DEFAULT 0 CHECK (practice IN (0, 1)),
    added_at    INTEGER NOT NULL,
    removed_at  INTEGER
) STRICT;

CREATE UNIQUE INDEX device_endpoint ON device (address, port) WHERE removed_at IS NULL;

CREATE TABLE device_alias (
    name      TEXT PRIMARY KEY NOT NULL,
    device_id INTEGER NOT NULL REFERENCES device (id) ON DELETE CASCADE
) STRICT;

CREATE INDEX device_alias_device ON device_alias (device_id);

CREATE TABLE device_group (
    device_id INTEGER NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    PRIMARY KEY (device_id, name)
) STRICT, WITHOUT ROWID;

-- What came of the last attempt to reach a device. `error` is the view shown to people, as JSON.
CREATE TABLE device_contact (
    device_id    INTEGER PRIMARY KEY NOT NULL REFERENCES device (id) ON DELETE CASCADE,
    at           INTEGER NOT NULL,
    reachability TEXT NOT NULL,
    millis       INTEGER,
    version      TEXT,
    offered_key  TEXT,
    error        TEXT
) STRICT;

CREATE TABLE host_key (
    address     TEXT NOT NULL,
    port        INTEGER NOT NULL,
    algorithm   TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    first_seen  INTEGER NOT NULL,
    accepted_by TEXT NOT NULL,
    PRIMARY KEY (address, port)
) STRICT, WITHOUT ROWID;
