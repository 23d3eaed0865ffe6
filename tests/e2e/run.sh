#!/bin/sh
# Walks through the real window on a virtual display, with a keyring of its own.
# Needs target/debug/bridgekeeper and target/debug/bk; `make journeys` builds them.
set -eu
cd "$(dirname "$0")"
PATH="$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"
export PATH
rm -rf ../../artifacts/journeys
mkdir -p ../../artifacts/journeys

# The hard limit ends a run that hangs: first asks, then kills. journeys.mjs ends what it started.
exec timeout --kill-after=20 "${JOURNEYS_LIMIT:-900}" \
    xvfb-run --auto-servernum --server-args="-screen 0 1440x900x24" \
    ./with-keyring.sh node --test --test-concurrency=1 --test-reporter=spec "$@" ./*.test.mjs
