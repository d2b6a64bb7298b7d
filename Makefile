# Every target makes the virtual environment it needs, again when requirements.lock changes.
# PYTHON=python3.13 chooses another interpreter; the environment is then made anew.

PYTHON ?= $(shell command -v python3.11 || echo python3)
UV ?= uv==0.13.9
BIN := .venv/bin
INSTALLED := .venv/installed-by-$(subst /,-,$(PYTHON))
PYTEST := $(BIN)/python -m pytest
# Checks of the code see nothing of the caller: no .env, no database, no broker.
ALONE := env -i PATH="$$PATH" HOME="$$HOME" BELFRY_IGNORE_DOTENV=true VAR_DIR=.venv
RESOLVE := .venv/lock/bin/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet

.DEFAULT_GOAL := help
.PHONY: help up test unit check acceptance faults bench lint types lock clean

help: ## this list
	@echo "make <target>"
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14 | sed 's/^/  /'

up: $(INSTALLED) ## start everything; DEMO=1 adds example tasks, ARGS="--api-port 9000" passes flags
	@$(BIN)/python manage.py up $(if $(DEMO),--demo) $(ARGS)

test: $(INSTALLED) ## the whole suite on SQLite, then on a private PostgreSQL where its programs are found
	$(PYTEST) $(ARGS)
	@$(BIN)/python -m tasks_app.tests.servers.postgresql || exit 0; \
	echo "$(PYTEST) --database=postgresql $(ARGS)"; $(PYTEST) --database=postgresql $(ARGS)

unit: $(INSTALLED) ## the fast tests: SQLite only, no server
	$(PYTEST) tasks_app/tests/unit $(ARGS)

check: $(INSTALLED) ## what CI runs: system checks, migrations, lint, types, then `test`
	$(ALONE) $(BIN)/python -W error manage.py check --fail-level WARNING
	$(ALONE) $(BIN)/python -W error manage.py makemigrations --check --dry-run
	@$(MAKE) --no-print-directory lint types
	@$(MAKE) --no-print-directory test

acceptance: $(INSTALLED) ## the long forms: real processes, killed and restarted, on both databases
	$(PYTEST) -m "acceptance or long" $(ARGS)
	@$(BIN)/python -m tasks_app.tests.servers.postgresql || exit 0; \
	$(PYTEST) -m "acceptance or long" --database=postgresql $(ARGS)

faults: $(INSTALLED) ## hurt a private installation, at random and by plan, and check every promise; MINUTES=30 SEED=1
	$(BIN)/python -m tasks_app.tests.faults --minutes $(or $(MINUTES),5) --seed $(or $(SEED),1) $(ARGS)
	$(PYTEST) -n0 -m "faults and long" --database=postgresql tasks_app/tests/faults

bench: $(INSTALLED) ## runs, submissions and memory, beside what others reach; ARGS=schedules for those
	$(BIN)/python -m benchmarks $(ARGS)

lint: $(INSTALLED) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED) ## mypy, strict
	$(ALONE) $(BIN)/mypy

lock: ## resolve requirements into both lock files, with hashes, for every Python from 3.11 on
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/pip install --quiet --disable-pip-version-check "$(UV)"
	$(RESOLVE) requirements.txt --group test -o requirements.lock
	$(RESOLVE) requirements.txt --constraints requirements.lock -o requirements-run.lock

clean: ## remove the virtual environment and the caches; var/ stays
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements.lock
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "Python was not found as $(PYTHON). Install Python 3.11 or newer, or name yours: make PYTHON=python3.12 ..."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Belfry needs Python 3.11 or newer, and $(PYTHON) is $$("$(PYTHON)" -V 2>&1). Name another: make PYTHON=python3.12 ..."; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. Install its venv package, for instance: apt install python3-venv"; exit 1; }
	@[ "$$($(BIN)/python -V 2>&1)" = "$$("$(PYTHON)" -V 2>&1)" ] || "$(PYTHON)" -m venv --clear .venv
	@echo "Installing what requirements.lock names into .venv (about a minute the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch "$@"
