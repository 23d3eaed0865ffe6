-- Full-text search over history. A line is stored once; a span says from which snapshot of a device it was
-- there and with which it was gone. A read that changes nothing adds nothing.

CREATE TABLE line (
    id   INTEGER PRIMARY KEY NOT NULL,
    text TEXT NOT NULL UNIQUE
) STRICT;

-- Without positions the index takes half the room; what it finds is compared with the line itself.
CREATE VIRTUAL TABLE line_search
USING fts5 (text, content = 'line', content_rowid = 'id', tokenize = 'trigram', detail = 'none');

CREATE TRIGGER line_is_searched AFTER INSERT ON line
BEGIN INSERT INTO line_search (rowid, text) VALUES (new.id, new.text); END;

CREATE TABLE line_span (
    device_id INTEGER NOT NULL REFERENCES device (id),
    scope     TEXT NOT NULL,
    line_id   INTEGER NOT NULL REFERENCES line (id),
    first     INTEGER NOT NULL REFERENCES snapshot (id),
    gone      INTEGER REFERENCES snapshot (id),
    PRIMARY KEY (line_id, device_id, scope, first)
) STRICT, WITHOUT ROWID;
