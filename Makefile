# Two commands are enough: `make run` and `make test`. The others are their parts.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Everything that is checked is checked with one selection of crates and features, so that cargo compiles nothing twice.
# `custom-protocol` embeds ui/dist in the window.
CHECKED := --locked --workspace --features bridgekeeper/custom-protocol

# Clippy's compiler generates code too, so what is linted is what is tested, from one compilation.
LINTED := RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings

# A test that hangs fails, where the system has `timeout`.
LIMITED := $(shell command -v timeout >/dev/null && echo timeout --kill-after=10 1200)

# What scripts/setup.sh installs for the project alone.
TOOLS := PATH="$(CURDIR)/target/tools/bin:$$PATH"

ui_sources := $(shell find ui -path ui/node_modules -prune -o -path ui/dist -prune -o -type f -print)

.PHONY: help
help: ## Lists the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

# ---- the two commands ------------------------------------------------------------------------------------------

.PHONY: run
run: ## Installs what is missing, builds, opens the window on the practice lab
	scripts/run.sh

.PHONY: test
test: setup check benches-run journeys ## Everything CI runs, fastest first

# ---- their parts -----------------------------------------------------------------------------------------------

.PHONY: setup
setup: ## Installs what is missing to build and test
	scripts/setup.sh test

# What lints on one core goes beside what compiles on all; what waits for answers runs on its own.
.PHONY: check
check: format audit ui/dist/index.html ## All tests that need no display
	$(MAKE) -j2 test-model lint-ui compiled
	$(MAKE) test-ui test-rust test-faults

.PHONY: test-model
test-model: ## Checks a sample of the deployment protocol's model
	python3 crates/engine/model/check.py --quick > /dev/null

.PHONY: format
format:
	cargo fmt --all -- --check

.PHONY: audit
audit: ## Licences, bans and sources of the crates; known weaknesses of crates and packages, where their registries answer
	node --test scripts/*.test.mjs
	$(TOOLS) cargo deny --all-features check licenses bans sources
	$(TOOLS) node scripts/advisories.mjs
	node scripts/audit.mjs

.PHONY: lint-ui
lint-ui: ui/node_modules/.installed
	npm --prefix ui run lint
	npm --prefix ui run typecheck

.PHONY: test-ui
test-ui: ui/node_modules/.installed
	npm --prefix ui test

.PHONY: compiled
compiled: ui/dist/index.html
	$(LINTED) cargo test $(CHECKED) --all-targets --no-run

.PHONY: test-rust
test-rust: compiled
	$(LINTED) $(LIMITED) cargo test $(CHECKED)

# What goes wrong is drawn from this seed; another one draws other cases.
FAULTS_SEED ?= 1

.PHONY: test-faults
test-faults: compiled ## A sample of everything that can go wrong in a deployment; FAULTS_SEED=n draws another
	$(LINTED) $(LIMITED) cargo test $(CHECKED) --test faults -- \
		edits 200 plans 3 troubles 60 shared 6 dialects 1 processes 8 within 45 seed $(FAULTS_SEED)

.PHONY: test-faults-full
test-faults-full: compiled ## By hand: all of it; takes hours
	$(LINTED) cargo test $(CHECKED) --test faults -- \
		edits 10000 plans 200 troubles all shared all processes all dialects 25 seed $(FAULTS_SEED)

# What the fuzzers look for is looked for a little in every run too: tests/invariants.
FUZZ_SECONDS ?= 180

.PHONY: fuzz
fuzz: ## By hand: fuzzes the readers of device text; needs nightly and cargo-fuzz; FUZZ_SECONDS=n per target
	FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/fuzz.sh

.PHONY: benches-run
benches-run: compiled # once each, which proves only that they run
	$(LINTED) $(LIMITED) cargo test $(CHECKED) --bench '*'

.PHONY: journeys
journeys: compiled tests/e2e/node_modules/.installed ## Walks through the real window; pictures in artifacts/journeys
	tests/e2e/run.sh

.PHONY: bench
bench: ## Measures, and prints ratios against the peers
	cargo bench --locked --package bk-benches --bench ratios

.PHONY: window
window: ui/dist/index.html
	cargo build --locked --package bridgekeeper --features custom-protocol

.PHONY: bindings
bindings: ## Rewrites ui/src/api/bindings.ts from the Rust types
	WRITE_BINDINGS=1 cargo test --locked --package bridgekeeper --test bindings

.PHONY: icons
icons: ui/node_modules/.installed ## Renders the icons from icons/bridgekeeper.svg
	ui/node_modules/.bin/tauri icon icons/bridgekeeper.svg --output icons
	rm -rf icons/android icons/ios icons/Square*Logo.png icons/StoreLogo.png icons/64x64.png

# ---- files -----------------------------------------------------------------------------------------------------

ui/node_modules/.installed: ui/package.json ui/package-lock.json
	npm --prefix ui ci --no-audit --no-fund
	touch $@

ui/dist/index.html: ui/node_modules/.installed $(ui_sources)
	npm --prefix ui run build
	touch $@

tests/e2e/node_modules/.installed: tests/e2e/package.json tests/e2e/package-lock.json
	npm --prefix tests/e2e ci --no-audit --no-fund
	touch $@
