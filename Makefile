# Every verb is one line over a command a person could type. The first two set everything up by themselves.
PYTHON ?= python3
BIN := .venv/bin
RUN ?= $(shell ls -dt runs/*/*/ 2>/dev/null | head -1)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check style types imports tests serve report fix contract soak prove bench fidelity clean

run: .venv/ready
	$(BIN)/lifecycle run

# The three are of one length on a fresh clone, where mypy has no memory yet, so they go side by side.
test: .venv/ready style
	@$(MAKE) --no-print-directory --jobs=3 types imports tests

check: .venv/ready style types imports

style: .venv/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/ready
	$(BIN)/mypy

imports: .venv/ready
	$(BIN)/lint-imports

tests: .venv/ready
	$(BIN)/pytest -q -n 2 --dist worksteal -m "not contract and not soak" --doctest-modules --ignore=tests/contract \
	  tests harness simulators

fix: .venv/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

serve: .venv/ready
	$(BIN)/lifecycle simulate

report: .venv/ready
	$(BIN)/python -m harness.reports.allure_html $(RUN)

contract: .venv/contract
	$(BIN)/pytest -q -m contract tests

soak: .venv/ready
	$(BIN)/pytest -q -m soak tests

bench: .venv/ready
	$(BIN)/python bench/scenarios.py
	$(BIN)/python bench/population.py
	$(BIN)/python bench/identities.py --small
	$(BIN)/python bench/okta_speed.py

# Recorded traffic is no part of the project: name it with OKTA_RECORDINGS and OKTA_REPLAY, or keep it beside the project.
fidelity: .venv/ready
	$(BIN)/python bench/okta_fidelity.py

clean:
	rm -rf .venv runs report/node_modules .mypy_cache .ruff_cache .pytest_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "make: Python 3.11 or newer is needed; name one with PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "make: Python's venv is missing; install it with: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/ready: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install -q -e '.[dev]' -c constraints.txt
	@touch $@

.venv/contract: .venv/ready tests/contract/node/package.json
	$(BIN)/pip install -q -e '.[dev,contract]' -c constraints.txt
	@command -v npm >/dev/null && npm install --silent --no-audit --no-fund --no-package-lock --prefix tests/contract/node \
	  || echo "make: the Node SDK is not installed (no npm, or no network); its tests will say so and skip"
	@touch $@
