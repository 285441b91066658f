# One command each; `make` alone prints them.

PYTHON ?= $(shell command -v python3.11 || command -v python3 || command -v python)
BIN := .venv/bin
RUN := $(BIN)/python
NPM := $(RUN) hatch_build.py npm
LOCK_OPTIONS := --universal --python-version 3.11 --generate-hashes --no-annotate \
  --no-emit-index-url --custom-compile-command "make lock" --quiet
LOCK := $(RUN) -m uv pip compile $(LOCK_OPTIONS) --group build
# Every line and branch of ballots/ is run by these; they alone pay for being measured.
PROTOCOL := tests/unit/ballots tests/attacks tests/test_vectors.py
# Two machines as far as one can be two: their own data folders, nginx with TLS before them.
TWO := --database postgresql --servers 2 --proxy
# The others wait for browsers and databases half of the time, so two cores have work for three; the longest, which
# drive a browser, come early in the order of their names.
WAITING := 3
TARGETS := setup check test web e2e load faults bench coverage mutants mutants-web demo serve docs messages release \
  lock ci clean

.DEFAULT_GOAL := help
.PHONY: help $(TARGETS) setup-run setup-test setup-machine
.PHONY: check-format check-lint check-types check-imports check-web check-house

help: ## print this list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 20

setup: setup-test ## the environment for work: packages by hash, the bundle

setup-run:
	@$(PYTHON) -m tools.setup run

setup-test:
	@$(PYTHON) -m tools.setup test

setup-machine: setup-test
	@$(PYTHON) -m tools.setup machine

check: setup-test ## format, lint, types, contracts, templates, catalogues
	@$(MAKE) --no-print-directory --keep-going --jobs=2 --output-sync=target \
	  check-types check-web check-format check-lint check-imports check-house

check-format:
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --check .; exit 1; }

check-lint:
	@$(BIN)/ruff check --quiet --output-format=concise .

check-types:
	@$(BIN)/mypy

check-imports:
	@$(BIN)/lint-imports --no-logo

check-web:
	@$(NPM) run --silent check

check-house:
	@$(BIN)/pytest -q --tb=short --no-header -p no:cacheprovider tests/house

test: setup-machine ## all tests: TypeScript, Python, browser, PostgreSQL
	@status=0; \
	$(NPM) run --silent test || status=1; \
	$(BIN)/pytest -n 2 --dist loadfile $(PROTOCOL) --cov=ballots --cov-report= || status=1; \
	$(BIN)/coverage report --include='ballots/*' --fail-under=100 || status=1; \
	$(BIN)/pytest -n $(WAITING) --dist loadfile --no-loadscope-reorder $(PROTOCOL:%=--ignore=%) || status=1; \
	exit $$status

coverage: setup-machine ## all Python tests, and which lines and branches they leave out
	@$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=term --cov-report=html
	@$(BIN)/coverage report --include='ballots/*' --fail-under=100

mutants: setup-test ## spoil ballots/ bit by bit, list what nothing noticed, fail above 3 %: ROOM="outcome tally" JOBS=2
	@$(RUN) -m tools.mutants $(ROOM) --jobs $(or $(JOBS),1)

mutants-web: setup-test ## the same for rooms of web/ballots/, at most 3 % of it unnoticed: ROOM="outcome tally"
	@$(NPM) ci --silent --prefix tests/mutation
	@$(NPM) run --silent mutants -- $(ROOM)

web: setup-test ## build the browser's bundle
	@$(RUN) hatch_build.py

e2e: setup-machine ## only the tests that drive a browser
	@$(BIN)/pytest tests/e2e

load: setup-machine ## 400 and 3,000 tablets casting within 30 s, also through nginx to two servers: N="400" DB=sqlite
	@$(RUN) -m tests.load.run --tablets $(or $(N),400 3000) --database $(or $(DB),sqlite postgresql)
	@$(if $(filter sqlite,$(DB)),,$(RUN) -m tests.load.run --tablets $(or $(N),400 3000) $(TWO))

faults: setup-machine ## servers, databases and nginx killed under load, 200 rounds on each: ROUNDS=200
	@$(RUN) -m tests.faults.rounds --rounds $(or $(ROUNDS),200)
	@$(RUN) -m tests.faults.rounds --rounds $(or $(ROUNDS),200) $(TWO)

bench: setup-test ## how much the check of a ballot costs, and how quick pages over 20,000 proposals are
	@$(RUN) -m benches.ballots_bench --check
	@$(RUN) -m benches.proposals_bench --check

demo: setup-run ## a whole congress on this machine, then its result in the browser
	@$(BIN)/voting demo

serve: setup-run ## the application for development, at 127.0.0.1
	@$(BIN)/voting serve

docs: setup-test ## check the pages: links, commands, tables that follow from the code
	@$(BIN)/pytest -q tests/house/test_docs.py tests/house/test_files.py

messages: setup-test ## what the catalogues lack, ready to be pasted into one, and what nobody says
	@$(RUN) -m tools.messages

release: setup-test ## wheel and source archive in dist/, looked through, and what browsers will run
	@$(RUN) -m tools.release

lock: setup-test ## renew the hashed requirements after a change of pyproject.toml
	@$(RUN) -m pip install --quiet uv
	@$(LOCK) --extra test -o requirements-test.txt pyproject.toml
	@$(LOCK) -c requirements-test.txt -o requirements.txt pyproject.toml
	@$(RUN) -m uv pip compile $(LOCK_OPTIONS) --group node -o requirements-node.txt

ci: ## what CI runs
	@$(MAKE) --no-print-directory --keep-going check test

clean: ## what was built, but not the environment
	@rm -rf dist voting/static/dist web/build web/generated .coverage* htmlcov
	@find ballots voting tests tools benches -name __pycache__ -type d -prune -exec rm -rf {} +
