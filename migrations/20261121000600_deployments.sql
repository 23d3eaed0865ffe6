-- Plans, their executions, and the journal that decides what happens after a crash.

CREATE TABLE plan (
    hash    TEXT PRIMARY KEY NOT NULL CHECK (length(hash) = 64),
    kind    TEXT NOT NULL,
    domain  TEXT NOT NULL,
    draft   TEXT REFERENCES draft (id),
    undoes  INTEGER REFERENCES deployment (id),
    made_at INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    body    BLOB NOT NULL
) STRICT;

CREATE TRIGGER plan_is_immutable BEFORE UPDATE ON plan
BEGIN SELECT RAISE(ABORT, 'a plan never changes'); END;

CREATE TRIGGER plan_stays BEFORE DELETE ON plan
BEGIN SELECT RAISE(ABORT, 'a plan is never removed'); END;

-- `status` and `sentence` are what a list shows; the journal is what is true.
CREATE TABLE deployment (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    plan       TEXT NOT NULL REFERENCES plan (hash),
    kind       TEXT NOT NULL,
    domain     TEXT NOT NULL,
    undoes     INTEGER REFERENCES deployment (id),
    by         TEXT NOT NULL,
    devices    INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    status     TEXT NOT NULL,
    sentence   TEXT NOT NULL
) STRICT;

CREATE INDEX deployment_plan ON deployment (plan);
CREATE INDEX deployment_undoes ON deployment (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX deployment_domain ON deployment (domain);

CREATE TABLE journal (
    deployment_id INTEGER NOT NULL REFERENCES deployment (id),
    seq           INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    device        TEXT,
    kind          TEXT NOT NULL,
    body          TEXT NOT NULL,
    PRIMARY KEY (deployment_id, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX journal_kind ON journal (kind, deployment_id);

CREATE TRIGGER journal_is_immutable BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'a journal entry never changes'); END;

CREATE TRIGGER journal_stays BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'a journal entry is never removed'); END;

CREATE TABLE transcript (
    deployment_id INTEGER NOT NULL REFERENCES deployment (id),
    seq           INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    device        TEXT,
    kind          TEXT NOT NULL,
    text          TEXT NOT NULL,
    PRIMARY KEY (deployment_id, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX transcript_device ON transcript (deployment_id, device, seq);

-- What Settle files away by name: checks, leftovers, measured times. Written again only while the deployment is open.
CREATE TABLE archive (
    deployment_id INTEGER NOT NULL REFERENCES deployment (id),
    name          TEXT NOT NULL,
    at            INTEGER NOT NULL,
    body          BLOB NOT NULL,
    PRIMARY KEY (deployment_id, name)
) STRICT, WITHOUT ROWID;
