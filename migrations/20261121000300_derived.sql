-- Facts derived from snapshots. All rows here can be dropped and built again; nothing is true only here.
-- `body` is the model's own value as JSON, the columns beside it are what is searched for.

CREATE TABLE derived_device (
    device TEXT PRIMARY KEY NOT NULL,
    tier   TEXT NOT NULL,
    digest BLOB NOT NULL,
    body   TEXT NOT NULL
) STRICT;

CREATE TABLE derived_interface (
    device TEXT NOT NULL REFERENCES derived_device (device) ON DELETE CASCADE,
    name   TEXT NOT NULL,
    oper   TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (device, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE derived_service (
    name   TEXT PRIMARY KEY NOT NULL,
    digest BLOB NOT NULL,
    body   TEXT NOT NULL
) STRICT;

CREATE TABLE derived_attachment (
    service   TEXT NOT NULL REFERENCES derived_service (name) ON DELETE CASCADE,
    device    TEXT NOT NULL,
    interface TEXT NOT NULL,
    is_fabric INTEGER NOT NULL CHECK (is_fabric IN (0, 1)),
    body      TEXT NOT NULL,
    PRIMARY KEY (service, device, interface)
) STRICT, WITHOUT ROWID;

CREATE INDEX derived_attachment_interface ON derived_attachment (device, interface);

CREATE TABLE derived_link (
    upper_device    TEXT NOT NULL,
    upper_interface TEXT NOT NULL,
    lower_device    TEXT NOT NULL,
    lower_interface TEXT NOT NULL,
    position        INTEGER NOT NULL,
    body            TEXT NOT NULL,
    PRIMARY KEY (upper_device, upper_interface, lower_device, lower_interface)
) STRICT, WITHOUT ROWID;
