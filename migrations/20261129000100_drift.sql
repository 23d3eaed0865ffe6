-- Drift: one event for an object of a device while it lasts, and everything that was decided about one.

CREATE TABLE drift (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    device_id  INTEGER NOT NULL REFERENCES device (id),
    -- Path of the object; empty for the device as a whole.
    object     TEXT NOT NULL,
    -- Where it was seen first.
    source     TEXT NOT NULL,
    -- The difference as it was seen last, as JSON. What is expected stays as it was when the event was opened.
    body       TEXT NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    times      INTEGER NOT NULL,
    -- The reads: what was believed when it was opened, what was seen last.
    record     INTEGER REFERENCES snapshot (id),
    live       INTEGER NOT NULL REFERENCES snapshot (id),
    closed_at  INTEGER,
    closed_by  TEXT,
    closing    TEXT,
    CHECK ((closed_at IS NULL) = (closing IS NULL) AND (closed_at IS NULL) = (closed_by IS NULL))
) STRICT;

CREATE UNIQUE INDEX drift_open ON drift (device_id, object) WHERE closed_at IS NULL;
CREATE INDEX drift_seen ON drift (first_seen);

CREATE TRIGGER drift_stays BEFORE DELETE ON drift
BEGIN SELECT RAISE(ABORT, 'an event of drift is never removed'); END;

CREATE TRIGGER drift_closed_is_immutable BEFORE UPDATE ON drift WHEN old.closed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'an event of drift that is closed never changes'); END;
