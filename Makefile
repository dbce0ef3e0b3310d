# Everything from nothing: `make demo` and `make test` need Python 3.11+ with venv, and the network for the first time.
PYTHON ?= python3
BIN := .venv/bin
NPM := $(BIN)/python web/build.py npm --silent
UV_VERSION := 0.13.9
STAMP := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test chromium check docs bench clean

help:  ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## Make .venv with all locked dependencies and the flowslot command, and build the web page
	@$(BIN)/python web/build.py

$(STAMP): pyproject.toml uv.lock
	@echo "== Making the environment (.venv); the first time takes about a minute"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test "$$($(BIN)/uv --version 2>/dev/null | cut -d' ' -f2)" = "$(UV_VERSION)" \
		|| $(BIN)/python -m pip install --disable-pip-version-check --quiet uv==$(UV_VERSION)
	@FLOWSLOT_WEB=skip VIRTUAL_ENV= UV_PROJECT_ENVIRONMENT=.venv $(BIN)/uv sync --locked --compile-bytecode --python $(BIN)/python
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q src  # a start must not compile again
	@touch $(STAMP)

demo: setup  ## Start a server with workspaces and flows that really run, and watch a promotion
	@$(BIN)/flowslot demo

test: setup chromium  ## Run all tests (SQLite and a real PostgreSQL, the page in Chromium)
	@$(NPM) test
	@PYTHONHASHSEED=0 $(BIN)/pytest -n 2 --dist loadfile  # one seed: both workers must name the tests alike

chromium:  # a browser for the tests of the page; without one they are skipped, but not in CI
	@command -v chromium chromium-browser >/dev/null || { echo "== Installing Chromium for the tests of the page"; \
		apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>&1 \
		|| echo "== NO CHROMIUM, and it could not be installed: THE TESTS OF THE PAGE ARE SKIPPED"

check: setup  ## Lint, types, import directions, generated files unchanged
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python docs/generate.py --check
	@for each in lock lint typecheck api:check; do $(NPM) run $$each || exit 1; done

docs: setup  ## Write docs/reference, openapi.json and the page's types anew from the code
	@$(BIN)/python docs/generate.py
	@$(NPM) run api

bench: setup  ## Measure (takes some minutes; see bench/README.md)
	@for each in webhook background promote startup cluster retention web; do $(BIN)/python -m bench.$$each || exit 1; done

clean:  ## Remove the environment and what tools left
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist web/node_modules src/flowslot/ui
