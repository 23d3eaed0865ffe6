#!/bin/sh
# Rewrites .sqlx, the description of every checked query, from the migrations. Needs no sqlx command and no server:
# Python makes the database, the macros write the cache while the crate is checked.
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 - "$scratch/schema.db" <<'PYTHON'
import glob, sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    for path in sorted(glob.glob("migrations/*.sql")):
        with open(path, encoding="utf-8") as migration:
            database.executescript(migration.read())
PYTHON
mkdir "$scratch/cache"
find crates/store -name '*.rs' -exec touch {} +
SQLX_OFFLINE_DIR="$scratch/cache" DATABASE_URL="sqlite://$scratch/schema.db" cargo check --package bk-store --all-targets
rm -rf .sqlx
mv "$scratch/cache" .sqlx
echo "$(find .sqlx -name '*.json' | wc -l) queries described in .sqlx"
