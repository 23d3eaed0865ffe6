-- Checks for drift: when they are due, what ran, and what each device gave.

CREATE TABLE schedule (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name       TEXT NOT NULL,
    scope      TEXT NOT NULL CHECK (scope IN ('all', 'devices', 'groups')),
    -- Names of devices or of groups, as JSON; empty where all are meant.
    members    TEXT NOT NULL,
    cron       TEXT NOT NULL,
    zone       TEXT NOT NULL,
    jitter_s   INTEGER NOT NULL CHECK (jitter_s BETWEEN 0 AND 3600),
    at_once    INTEGER NOT NULL CHECK (at_once BETWEEN 1 AND 128),
    limit_s    INTEGER NOT NULL CHECK (limit_s BETWEEN 5 AND 86400),
    enabled    INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    created_at INTEGER NOT NULL,
    -- Runs that were due before it are not missed.
    changed_at INTEGER NOT NULL,
    removed_at INTEGER
) STRICT;

CREATE UNIQUE INDEX schedule_name ON schedule (name) WHERE removed_at IS NULL;

CREATE TABLE check_run (
    id          INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    schedule_id INTEGER REFERENCES schedule (id),
    why         TEXT NOT NULL CHECK (why IN ('scheduled', 'caught-up', 'by-hand', 'command')),
    -- The moment that it answers for; none where nothing was due.
    due_at      INTEGER,
    by          TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    -- None while it runs, and for ever where the program ended first.
    ended_at    INTEGER,
    CHECK (due_at IS NULL OR schedule_id IS NOT NULL)
) STRICT;

-- Window and command may look at the same moment what is due: only one of them runs it.
CREATE UNIQUE INDEX check_run_due ON check_run (schedule_id, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX check_run_started ON check_run (started_at);

CREATE TABLE check_result (
    run_id    INTEGER NOT NULL REFERENCES check_run (id) ON DELETE CASCADE,
    device_id INTEGER NOT NULL REFERENCES device (id),
    at        INTEGER NOT NULL,
    outcome   TEXT NOT NULL CHECK (outcome IN ('in-sync', 'drift', 'not-checked')),
    -- Open events of the device.
    events    INTEGER NOT NULL,
    -- Why it was not checked: a stable word and a sentence.
    code      TEXT,
    sentence  TEXT,
    took_ms   INTEGER,
    PRIMARY KEY (run_id, device_id),
    CHECK ((outcome = 'not-checked') = (code IS NOT NULL) AND (code IS NULL) = (sentence IS NULL)),
    CHECK ((outcome = 'drift') = (events > 0) OR outcome = 'not-checked')
) STRICT, WITHOUT ROWID;

CREATE INDEX check_result_at ON check_result (at);
