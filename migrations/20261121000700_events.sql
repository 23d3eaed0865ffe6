-- The log of what people changed: records, settings, devices, host keys. Only ever added to; undo is one more event.

CREATE TABLE event (
    id      INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at      INTEGER NOT NULL,
    by      TEXT NOT NULL,
    topic   TEXT NOT NULL,
    subject TEXT NOT NULL,
    before  TEXT,
    after   TEXT,
    undoes  INTEGER REFERENCES event (id)
) STRICT;

CREATE INDEX event_topic ON event (topic, id);
CREATE INDEX event_undoes ON event (undoes) WHERE undoes IS NOT NULL;

CREATE TRIGGER event_is_immutable BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'an event never changes'); END;

CREATE TRIGGER event_stays BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'an event is never removed'); END;

CREATE TABLE setting (
    name  TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT;
