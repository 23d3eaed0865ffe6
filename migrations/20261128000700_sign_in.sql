-- How credentials prove a login, and the hosts through which devices are reached. Still no secret: a key is the path of
-- its file, or the fingerprint of one that an agent holds.

ALTER TABLE credential ADD COLUMN way TEXT NOT NULL DEFAULT 'password' CHECK (way IN ('password', 'key', 'agent'));
-- The path of the key file, or the fingerprint of the agent's key.
ALTER TABLE credential ADD COLUMN key TEXT CHECK ((way = 'password') = (key IS NULL));
-- Whether there is a secret where `kept_in` says; none for an agent and for a key without passphrase.
ALTER TABLE credential ADD COLUMN has_secret INTEGER NOT NULL DEFAULT 1 CHECK (has_secret IN (0, 1));

CREATE TABLE jump_host (
    name        TEXT PRIMARY KEY NOT NULL,
    address     TEXT NOT NULL,
    port        INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    credentials TEXT REFERENCES credential (name) ON UPDATE CASCADE ON DELETE SET NULL,
    -- The key that it showed last and that is not trusted: algorithm and fingerprint.
    offered_key TEXT
) STRICT;

-- Devices of a group are reached through this host unless they name one themselves.
CREATE TABLE jump_group (
    name TEXT PRIMARY KEY NOT NULL,
    jump TEXT NOT NULL REFERENCES jump_host (name)
) STRICT;

-- A host that is in use can't be removed: its devices would be contacted directly all at once.
ALTER TABLE device ADD COLUMN jump TEXT REFERENCES jump_host (name);
