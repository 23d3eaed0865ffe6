-- What is done about drift: policies, and every decision with who, why, before and after.

CREATE TABLE drift_policy (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- The policy as JSON. An edited policy is a new one: what was decided names the terms it was decided by.
    body       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    -- When a person ended it before its day.
    ended_at   INTEGER,
    ended_by   TEXT,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT;

CREATE TRIGGER drift_policy_stays BEFORE DELETE ON drift_policy
BEGIN SELECT RAISE(ABORT, 'a policy is ended, never removed'); END;

CREATE TRIGGER drift_policy_is_immutable BEFORE UPDATE ON drift_policy
WHEN old.ended_at IS NOT NULL OR new.id <> old.id OR new.body <> old.body OR new.created_at <> old.created_at
    OR new.created_by <> old.created_by
BEGIN SELECT RAISE(ABORT, 'the terms of a policy never change'); END;

CREATE TABLE drift_decision (
    id         INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    drift      INTEGER NOT NULL REFERENCES drift (id),
    at         INTEGER NOT NULL,
    by         TEXT NOT NULL,
    choice     TEXT NOT NULL,
    -- A person's words, or those of the policy.
    why        TEXT NOT NULL,
    policy     INTEGER REFERENCES drift_policy (id),
    -- The deployment that carries it out, where one does.
    deployment INTEGER REFERENCES deployment (id),
    -- Expected and actual lines when it was decided, as JSON.
    expected   TEXT NOT NULL,
    actual     TEXT NOT NULL
) STRICT;

CREATE INDEX drift_decision_of ON drift_decision (drift);
CREATE INDEX drift_decision_at ON drift_decision (at);

CREATE TRIGGER drift_decision_stays BEFORE DELETE ON drift_decision
BEGIN SELECT RAISE(ABORT, 'a decision is never removed'); END;

CREATE TRIGGER drift_decision_is_immutable BEFORE UPDATE ON drift_decision
BEGIN SELECT RAISE(ABORT, 'a decision never changes'); END;
