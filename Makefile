# Everything that is done to a checkout. Needs make, git and Python 3.11 or newer; the rest is fetched.
# `make run` takes the settings of Planner from the environment: PLANNER_PORT=8001 make run

.DELETE_ON_ERROR:
.PHONY: help run test check bench lock assets translations catalogue migration pictures wheel clean

PYTHON ?= python3
PY = .venv/bin/python
LOCK = .venv/bin/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command 'make lock'

# `make run` alone needs less than the rest. Whoever has the packages for tests keeps them: they hold all of it.
FULL = $(or $(wildcard .venv/.dev),$(filter-out run,$(MAKECMDGOALS)))
ENVIRONMENT := .venv/.$(if $(FULL),dev,run)

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-14s%s\n", $$1, $$2 }' Makefile

run: $(ENVIRONMENT) translations ## Serve Planner with its demo, from a bare checkout
	@$(PY) -m planner.supplies || echo "Going on without the third-party files: every page works without scripts."
	@$(PY) -m planner migrate
	@$(PY) -m planner demo
	@exec $(PY) -m planner serve

test: $(ENVIRONMENT) assets translations ## Run every test, in real browsers and on real databases
	@$(PY) tests/fixtures/machine.py
	$(PY) -m pytest -n auto --maxprocesses 4 --maxschedchunk 8 $(TESTS)

check: $(ENVIRONMENT) translations ## Look for mistakes in style, types and the plan of the house
	@failed=; for step in "ruff check" "ruff format --check" "mypy" "pytest tests/house"; do \
		echo "$$step"; $(PY) -m $$step || failed="$$failed, $$step"; \
	done; test -z "$$failed" || { echo "Failed: $${failed#, }"; exit 1; }

bench: $(ENVIRONMENT) assets translations ## Measure how fast pages, feeds and registrations are
	@$(PY) -m tests.bench

lock: $(ENVIRONMENT) ## Write the lock files anew after a change in pyproject.toml or package.json (UPGRADE=--upgrade)
	$(LOCK) $(UPGRADE) pyproject.toml -o requirements.txt
	$(LOCK) $(UPGRADE) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	$(LOCK) $(UPGRADE) --group setup -o requirements-setup.txt
	$(LOCK) $(UPGRADE) --group node -o requirements-node.txt
	npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --no-audit --no-fund

assets: $(ENVIRONMENT) ## Fetch the third-party files that pages and papers use
	@$(PY) -m planner.supplies

translations: $(ENVIRONMENT) ## Turn the catalogues of words into the form that runs
	@if ls planner/locale/*/LC_MESSAGES/*.po >/dev/null 2>&1; then $(PY) -m babel.messages.frontend -q compile -d planner/locale; fi

catalogue: $(ENVIRONMENT) ## Gather all sentences for translators; what is new in planner/locale/*/ has no translation yet
	@$(PY) -m babel.messages.frontend -q extract -F pyproject.toml --omit-header --no-location --sort-output --no-wrap \
		-o planner/locale/messages.pot planner templates
	@$(PY) -m babel.messages.frontend -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap \
		-i planner/locale/messages.pot -d planner/locale

migration: $(ENVIRONMENT) ## Draft a migration after a change of tables: make migration M="what changes"
	@test -n "$(M)" || { echo 'Say what changes: make migration M="seats know their bus"'; exit 1; }
	@$(PY) -c 'import sys; from planner.schema import draft; draft(sys.argv[1])' "$(M)"

pictures: $(ENVIRONMENT) assets translations ## Take the pictures of docs/ anew
	@$(PY) -m tests.pictures

wheel: $(ENVIRONMENT) assets translations ## Build the package, with the third-party files and translations in it
	@$(PY) -m hatchling build -t wheel

clean: ## Remove all that was made here, except data (var/)
	rm -rf .venv dist planner/vendor planner/static/vendor .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find planner tests migrations -name __pycache__ -prune -exec rm -rf {} +
	find planner/locale -name '*.mo' -exec rm -f {} +

.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Planner needs Python 3.11 or newer; PYTHON=python3.12 make ... names another than $(PYTHON)."; exit 1; }
	@test -x .venv/bin/pip || $(PYTHON) -m venv .venv >.venv.log 2>&1 || { rm -rf .venv; cat .venv.log; rm -f .venv.log; \
		echo "This Python cannot make an environment: on Debian, install python3-venv."; exit 1; }
	@rm -f .venv.log
	@touch $@

.venv/.uv: requirements-setup.txt .venv/.python
	@$(PY) -m pip --disable-pip-version-check install -q --require-hashes -r requirements-setup.txt || \
		echo "No uv: installing with pip, which takes longer."
	@touch $@

.venv/.run: requirements.txt .venv/.uv
	@$(call install,requirements.txt)
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.uv
	@$(call install,requirements-dev.txt)
	@touch $@

# With the machine's own authorities: those its administrator looks after.
install = { test -x .venv/bin/uv && \
	.venv/bin/uv pip sync -q --system-certs --python $(PY) --require-hashes $(1); } || \
	$(PY) -m pip --disable-pip-version-check install -q --require-hashes -r $(1)
