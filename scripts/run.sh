#!/bin/sh
# Opens the window on the practice lab; where there is no display, runs the same job in the terminal.
set -eu
cd "$(dirname "$0")/.."

if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}" ] && [ -z "${WAYLAND_DISPLAY:-}" ]; then
    echo "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open."
    echo "Running the same job in the terminal instead: bk demo"
    echo
    exec cargo run --locked --quiet --package bk-cli --bin bk -- demo
fi

scripts/setup.sh run
make --no-print-directory window
exec target/debug/bridgekeeper --practice
