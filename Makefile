# Zoneschild: everything that is done with this checkout. Needs make, a POSIX shell and Python 3.11 or later.

SHELL := /bin/sh
PYTHON ?=
VENV := .venv
PY := $(VENV)/bin/python
# One after the other, since they say how long something may take; all others side by side.
ALONE := tests/system
# Every test starts programs: what was compiled once is kept, whatever the shell says.
export PYTHONDONTWRITEBYTECODE :=
NPM_LOCKS := deploy/embedded/broker/package-lock.json search/pages/package-lock.json

.DEFAULT_GOAL := help
.PHONY: help install demo test lint format bench bench-alerts bench-outage bench-search bench-audit bench-lists bench-pages bench-engines score chaos chaos-boards fuzz test-security screenshots lock clean

help: ## List these targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

install: $(VENV)/demo.stamp ## Install the product, the embedded servers and the browser assets into .venv (PYTHON=… chooses a Python).

demo: install ## Start everything with a zone's worth of made-up traffic; Ctrl-C stops it. Addresses go to var/demo.json.
	@exec $(PY) -m deploy.demo

test: lint ## Check the code and run every test, in a real database, a real broker and a real browser.
	@chromium=`$(PY) -m deploy.browser` && ZONESCHILD_TEST_CHROMIUM="$$chromium" \
		$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(PYTEST) \
		$(addprefix --ignore=,$(ALONE) tests/security) tests
	@$(PY) -m pytest $(PYTEST) $(ALONE)

lint: $(VENV)/test.stamp ## Check style (ruff), types (mypy) and who imports whom (import-linter).
	$(VENV)/bin/ruff check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/test.stamp ## Sort imports and mend what ruff can mend by itself.
	$(VENV)/bin/ruff check --fix

bench: $(VENV)/test.stamp ## Measure ingest on this machine.
	$(PY) -m deploy.bench

bench-search: $(VENV)/test.stamp ## Ask over a legal year of ROWS reads (20,000,000; 7 GB and 30 minutes; the store is kept in var/bench).
	$(PY) -m deploy.bench.search_bench --rows $(or $(ROWS),20000000) $(BENCH)

bench-engines: $(VENV)/test.stamp ## The same questions beside DuckDB, chDB and a naive schema, after bench-search (ROWS; 1 GB of packages).
	$(PY) -m deploy.bench.engines --rows $(or $(ROWS),20000000) $(BENCH)

bench-alerts: $(VENV)/test.stamp ## Measure publish → on the board in a real browser, beside a million entries (three minutes).
	@chromium=`$(PY) -m deploy.browser` && ZONESCHILD_TEST_CHROMIUM="$$chromium" $(PY) -m deploy.bench.alerts

bench-pages: $(VENV)/test.stamp ## Measure the pages over ROWS reads (20,000,000; the store of bench-search): bytes, server, screen, maps (five minutes).
	@chromium=`$(PY) -m deploy.browser` && ZONESCHILD_TEST_CHROMIUM="$$chromium" \
		$(PY) -m deploy.bench.pages --rows $(or $(ROWS),20000000)

bench-audit: $(VENV)/test.stamp ## Measure what the sealed audit costs a question (two minutes).
	$(PY) -m deploy.bench.audit_bench

bench-lists: $(VENV)/test.stamp ## Deliver a whole list of LINES lines (1,000,000; three minutes), errors among them, and hold its report.
	$(PY) -m deploy.bench.list_bench --lines $(or $(LINES),1000000)

bench-outage: $(VENV)/test.stamp ## Drain a 30-day outage while fresh reads arrive (READS, 1,000,000; 15,000,000 take 20 minutes and 25 GB).
	$(PY) -m deploy.bench.outage --reads $(or $(READS),1000000)

score: $(VENV)/test.stamp ## Score look-alikes, witnesses, journeys, next cameras and alerts on a made-up world (SCORE=alerts, PLATES, ASKED; half an hour).
	$(PY) -m deploy.score $(SCORE) --plates $(or $(PLATES),2000000) --asked $(or $(ASKED),2000)

chaos: $(VENV)/test.stamp ## Kill, stall and cut servers under load and count what is lost (SEED, FAULTS, SECONDS, STALL, RATE; 25 minutes).
	@exec $(PY) -m deploy.chaos

chaos-boards: $(VENV)/test.stamp ## Kill search, ingest and database under 20 boards and 100 clients: nothing lost or doubled (4 minutes).
	@chromium=`$(PY) -m deploy.browser` && ZONESCHILD_TEST_CHROMIUM="$$chromium" $(PY) -m deploy.chaos.boards $(BOARDS)

fuzz: $(VENV)/fuzz.stamp ## Feed hostile input to every decoder, guided by coverage (FUZZ_SECONDS a target); Linux only.
	@exec $(PY) -m deploy.fuzz

test-security: $(VENV)/security.stamp ## Ask every route of the API as every role, with hostile input (schemathesis): no 500, no leak.
	@$(PY) -m pytest $(PYTEST) tests/security

screenshots: $(VENV)/test.stamp ## Take pictures of every page into docs/screens: of the demo that runs, else of one started for it (ten minutes).
	@chromium=`$(PY) -m deploy.browser` && ZONESCHILD_TEST_CHROMIUM="$$chromium" $(PY) -m tests.browser.take_screenshots

lock: $(VENV)/test.stamp ## Renew requirements/*.txt and the npm lock files to the newest versions that pyproject.toml allows.
	$(PY) -m deploy.lock

clean: ## Remove .venv, installed packages and caches; the demo's data in var/ stay.
	rm -rf $(VENV) build dist search/pages/vendor search/pages/node_modules deploy/embedded/broker/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/demo.stamp: requirements/demo.txt $(NPM_LOCKS) deploy/install.py
	@python=`PYTHON="$(PYTHON)" sh deploy/find-python.sh` && "$$python" deploy/install.py demo

$(VENV)/test.stamp: requirements/test.txt $(VENV)/demo.stamp
	@$(PY) deploy/install.py test

$(VENV)/fuzz.stamp: requirements/fuzz.txt $(VENV)/test.stamp
	@$(PY) deploy/install.py fuzz

$(VENV)/security.stamp: requirements/security.txt $(VENV)/test.stamp
	@$(PY) deploy/install.py security
