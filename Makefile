# Everything from nothing: `make demo` and `make test` need Python 3.11+ with venv, and the network for the first time.
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9
STAMP := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help setup demo test check docs bench clean

help:  ## Show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## Make .venv with all locked dependencies and the flowslot command

$(STAMP): pyproject.toml uv.lock
	@echo "== Making the environment (.venv); the first time takes about a minute"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test "$$($(BIN)/uv --version 2>/dev/null | cut -d' ' -f2)" = "$(UV_VERSION)" \
		|| $(BIN)/python -m pip install --disable-pip-version-check --quiet uv==$(UV_VERSION)
	@VIRTUAL_ENV= UV_PROJECT_ENVIRONMENT=.venv $(BIN)/uv sync --locked --compile-bytecode --python $(BIN)/python
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -q src  # a start must not compile again
	@touch $(STAMP)

demo: setup  ## Start a server with workspaces and flows that really run, and watch a promotion
	@$(BIN)/flowslot demo

test: setup  ## Run all tests (SQLite and a real PostgreSQL)
	@PYTHONHASHSEED=0 $(BIN)/pytest -n 2 --dist loadfile  # one seed: both workers must name the tests alike

check: setup  ## Lint, types, import directions, generated files unchanged
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python docs/generate.py --check

docs: setup  ## Write docs/reference and openapi.json anew from the code
	@$(BIN)/python docs/generate.py

bench: setup  ## Measure (takes some minutes; see bench/README.md)
	@for each in webhook background promote startup cluster retention; do $(BIN)/python -m bench.$$each || exit 1; done

clean:  ## Remove the environment and what tools left
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist
