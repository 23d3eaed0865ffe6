#!/bin/sh
# Runs a command on a private D-Bus session with an unlocked, empty keyring, and throws both away afterwards.
# The user's own keyring is never touched.
set -eu
if [ -z "${IN_PRIVATE_BUS:-}" ]; then
    scratch=$(mktemp -d)
    export IN_PRIVATE_BUS=1
    export XDG_DATA_HOME="$scratch/data" XDG_RUNTIME_DIR="$scratch/run" XDG_CACHE_HOME="$scratch/cache"
    mkdir -p -m 700 "$XDG_DATA_HOME" "$XDG_RUNTIME_DIR"
    status=0
    dbus-run-session -- "$0" "$@" || status=$?
    rm -rf "$scratch"
    exit "$status"
fi
# An empty password makes no login keyring; any other does.
printf 'journeys' | gnome-keyring-daemon --daemonize --unlock --components=secrets >/dev/null
exec "$@"
