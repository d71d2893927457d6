# The tasks of this repository; `make help` lists them. Needs Python >= 3.11, make and git.
# `make test PYTHON=python3.13` uses another interpreter, in a virtualenv of its own.

PYTHON ?= python3
FRAMEWORK ?= fastapi
PORT ?= 8000
EMULATOR_PORT ?= 9000
CHECK ?=
ARGS ?=

# No look at the npm registry for a newer pyright: the one from PyPI brings all that it needs.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

ifeq ($(PYTHON),python3)
VENV := .venv
else
VENV := .venv-$(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
endif
LOWEST := $(VENV)-lowest
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check
WORKERS := --numprocesses auto --dist worksteal
PACKAGE := --editable '.[pages,cli,emulator,starlette,fastapi,flask,django]'

.DEFAULT_GOAL := help
.PHONY: help demo test test-lowest lint format bench clean
.DELETE_ON_ERROR:

help: ## list these tasks
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

demo: $(VENV)/.made-for-demo ## run an example app and the emulator (FRAMEWORK=fastapi CHECK=1 PORT=8000 EMULATOR_PORT=9000)
	$(RUN) -m examples.demo --framework $(FRAMEWORK) --port $(PORT) --emulator-port $(EMULATOR_PORT) $(if $(CHECK),--check)

test: $(VENV)/.made-for-test ## run all tests and measure branch coverage (ARGS='-k refresh' for some)
	$(RUN) -m coverage erase
	$(RUN) -m coverage run -m pytest $(WORKERS) $(ARGS)
	$(RUN) -m coverage combine --quiet
	$(RUN) -m coverage report

test-lowest: $(LOWEST)/.made ## run the tests with the lowest versions that pyproject.toml allows (no browser, no coverage)
	$(LOWEST)/bin/python -m pytest $(WORKERS) --ignore tests/browser $(ARGS)

lint: $(VENV)/.made-for-lint ## check style, types, import contracts and security
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	$(RUN) -m tools.make_clients --check
	$(RUN) -m tools.api_page --check
	$(RUN) -m mypy
	$(RUN) -m pyright --pythonpath $(RUN)
	$(VENV)/bin/lint-imports
	$(RUN) -m bandit --quiet --recursive --configfile pyproject.toml src integrations
	$(VENV)/bin/zizmor --offline --quiet .github/workflows

format: $(VENV)/.made-for-lint ## format the code, apply the safe fixes, make the API clients anew
	$(RUN) -m ruff check --fix-only
	$(RUN) -m ruff format
	$(RUN) -m tools.make_clients
	$(RUN) -m tools.api_page

bench: $(VENV)/.made-for-test ## print speed and event-loop figures beside their targets
	$(RUN) -m benchmarks $(ARGS)

clean: ## remove virtualenvs, caches and coverage data
	rm -rf .venv .venv-* .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/.made-for-demo: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or later is needed: make PYTHON=python3.13 ...' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade pip
	$(PIP) $(PACKAGE) --group demo
	@touch $@

$(VENV)/.made-for-test: $(VENV)/.made-for-demo
	$(PIP) $(PACKAGE) --group test
	@touch $@

$(VENV)/.made-for-lint: $(VENV)/.made-for-test
	$(PIP) $(PACKAGE) --group lint
	@touch $@

$(LOWEST)/.made: pyproject.toml
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(LOWEST)/bin/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct $(PACKAGE) --group test
	@touch $@
