#!/usr/bin/env bash
# Fuzzes the readers, one target after another. Needs a nightly toolchain and cargo-fuzz.
#
#   scripts/fuzz.sh             every target, FUZZ_SECONDS (180) each
#   scripts/fuzz.sh tree proof  these
#
# The corpus grows in artifacts/fuzz and is not committed: it holds the captures beside the project. What is found is
# in artifacts/fuzz/found; cut it down, rename what it names, and put it among tests/invariants/seeds.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${FUZZ_SECONDS:-180}
captures=../shared/dnos/samples
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    targets=(tree edits exchange proof answers tables)
fi

if ! cargo +nightly fuzz --version >/dev/null 2>&1; then
    echo "cargo-fuzz is missing: rustup toolchain install nightly, cargo install cargo-fuzz --locked" >&2
    exit 1
fi

# Short pieces run fast; none of the readers looks further back.
piece=2048

corpus_of() {
    local target=$1 folder=artifacts/fuzz/corpus/$1
    mkdir -p "$folder" "artifacts/fuzz/found/$target"
    for file in tests/invariants/seeds/* "$captures"/*; do
        [ -f "$file" ] && head -c 65536 "$file" | split -b "$piece" -d -a 3 - "$folder/$(basename "$file")."
    done
    echo "$folder"
}

failed=()
for target in "${targets[@]}"; do
    corpus=$(corpus_of "$target")
    echo "== $target, $seconds seconds"
    cargo +nightly fuzz run --fuzz-dir fuzz --target-dir "${CARGO_TARGET_DIR:-target}/fuzz" "$target" "$corpus" -- \
        -max_total_time="$seconds" -max_len="$piece" -timeout=20 -rss_limit_mb=2048 -dict=fuzz/words.dict \
        -artifact_prefix="artifacts/fuzz/found/$target/" -print_final_stats=1 || failed+=("$target")
done

if [ ${#failed[@]} -gt 0 ]; then
    echo "found something: ${failed[*]}; the inputs are in artifacts/fuzz/found" >&2
    exit 1
fi
