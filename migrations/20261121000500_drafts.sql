-- Drafts. Operations are only ever added: each names the one it stands on, and the draft's head says which of
-- them count. Undo and redo move the head.

CREATE TABLE draft (
    id         TEXT PRIMARY KEY NOT NULL,
    domain     TEXT NOT NULL,
    base       TEXT NOT NULL,
    head       INTEGER REFERENCES draft_operation (id),
    state      TEXT NOT NULL CHECK (state IN ('open', 'discarded', 'deployed')),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    saved_at   INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX draft_open ON draft (domain) WHERE state = 'open';

CREATE TABLE draft_operation (
    id       INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    draft_id TEXT NOT NULL REFERENCES draft (id),
    parent   INTEGER REFERENCES draft_operation (id),
    at       INTEGER NOT NULL,
    by       TEXT NOT NULL,
    label    TEXT NOT NULL,
    body     TEXT NOT NULL
) STRICT;

CREATE INDEX draft_operation_parent ON draft_operation (draft_id, parent);

CREATE TRIGGER draft_operation_is_immutable BEFORE UPDATE ON draft_operation
BEGIN SELECT RAISE(ABORT, 'an operation of a draft never changes'); END;

CREATE TRIGGER draft_operation_stays BEFORE DELETE ON draft_operation
BEGIN SELECT RAISE(ABORT, 'an operation of a draft is never removed'); END;
