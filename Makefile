# Everything a newcomer needs: make demo, make test. Nothing else has to be installed first but Python 3.11 to 3.13.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKS := infra/requirements
INSTALLED := $(VENV)/.installed
REQUIRE ?=
# Processes that share the fast tests; more than four would rather wait for each other's brokers and databases.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 4 ? n : 4)))
# dev: with all that tests need; run: what a service needs.
LOCK ?= dev

.PHONY: help install secrets lock demo up test test-slow lint types contracts publish-contracts bench reference messages release-check clean

help:
	@echo "make demo [ONCE=1]     start everything on this machine and walk the whole path"
	@echo "make up                start everything and keep it running"
	@echo "make test [REQUIRE=kafka,postgres,browser]   all fast tests; what REQUIRE names may not be skipped"
	@echo "make test-slow         million lines, thousand persons, restores, crash tables"
	@echo "make reference SOURCES=DIR   reduce the publishers' files to the methodology's source tables"
	@echo "make bench             the figures of docs/performance.md, on this machine"
	@echo "make publish-contracts   the interface documents in docs/contracts"
	@echo "make secrets           the secrets and the user of docker-compose.yml"
	@echo "make clean             remove the environment and all local data"

install: $(INSTALLED)

$(INSTALLED): $(LOCKS)/uv.lock $(LOCKS)/$(LOCK).lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r $(LOCKS)/uv.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(LOCKS)/$(LOCK).lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --build-constraints $(LOCKS)/dev.lock -e .
	@touch $@

# Resolve again after a change of pyproject.toml; the locks name versions and hashes only, no index and no host.
lock:
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header -c $(LOCKS)/bounds.txt pyproject.toml -o $(LOCKS)/run.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --extra dev -c $(LOCKS)/run.lock pyproject.toml -o $(LOCKS)/dev.lock
	@echo uv==$$($(BIN)/uv --version | cut -d' ' -f2) | $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header - -o $(LOCKS)/uv.lock

demo: $(INSTALLED)
	@$(BIN)/careerpulse demo $(if $(ONCE),--once)

up: $(INSTALLED)
	@$(BIN)/careerpulse up

test: $(INSTALLED) lint types contracts
	@REQUIRE=$(REQUIRE) $(BIN)/pytest -n $(WORKERS) --dist loadgroup tests/unit tests/integration tests/acceptance tests/browser

secrets: $(INSTALLED)
	@$(BIN)/careerpulse secrets secrets

test-slow: $(INSTALLED)
	@REQUIRE=$(REQUIRE) $(BIN)/pytest -m slow

lint: $(INSTALLED)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(INSTALLED)
	@$(BIN)/mypy

contracts: $(INSTALLED)
	@$(BIN)/lint-imports

# Write docs/contracts anew, unless a client of what was published last would break.
publish-contracts: $(INSTALLED)
	@$(BIN)/python -m services.contracts

# Reduce the publishers' files in SOURCES to the repository's source tables, then build the version's integers.
reference: $(INSTALLED)
	@test -n "$(SOURCES)" || { echo "usage: make reference SOURCES=DIRECTORY"; exit 2; }
	@$(BIN)/python -m services.methodology.reference $(SOURCES)
	@$(BIN)/python -m services.methodology.v1.build
	@$(BIN)/python -m services.methodology.v1.advice.build
	@$(BIN)/python -m services.methodology.publication

# Bring the catalogues of messages up to date with the templates; translations are then written into the .po files.
messages: $(INSTALLED)
	@$(BIN)/python -m infra.pages.messages infra/pages services/*/pages

# Which dated entries of the methodology are too old to be released.
release-check: $(INSTALLED)
	@$(BIN)/python -m services.methodology.release_check

bench: $(INSTALLED)
	@$(BIN)/python -m tests.benchmarks

clean:
	@rm -rf $(VENV) .careerpulse .mypy_cache .pytest_cache .ruff_cache .hypothesis
