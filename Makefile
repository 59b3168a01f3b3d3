# `make run` and `make test` are all a newcomer needs; the rest is for those who change the code.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test browser bench look check fix messages

run: $(STAMP) .env
	$(BIN)/python manage.py messages --compile
	$(BIN)/python manage.py migrate -v 0
	$(BIN)/python manage.py load_programme
	$(BIN)/python manage.py demo
	$(BIN)/python manage.py welcome --port $(PORT)
	@# The server, and beside it the worker that does long exports and imports; both end together.
	@trap 'kill $$worker $$server 2>/dev/null; wait' EXIT; trap 'exit 130' HUP INT TERM; \
	$(BIN)/python manage.py work & worker=$$!; \
	$(BIN)/python manage.py runserver 127.0.0.1:$(PORT) & server=$$!; \
	wait $$server

test: $(STAMP) browser
	DEBUG=1 $(BIN)/python manage.py messages --compile
	DEBUG=1 PORTAL_TODAY= $(BIN)/python -m pytest -n auto --dist loadgroup $(ARGS)

# What reports, exports, imports and pages cost, into docs/performance.md; ARGS=exporting for one part of it.
bench: $(STAMP) browser
	DEBUG=1 $(BIN)/python manage.py messages --compile
	$(BIN)/python -m tests.bench $(ARGS)

# Pictures of every page into build/look/, and what is wrong with it; ARGS="--page map --language kk" for less of it.
look: $(STAMP) browser
	DEBUG=1 $(BIN)/python manage.py messages --compile
	$(BIN)/python -m tests.look $(ARGS)

# The browser tests take the system's Chromium, or else Playwright's own.
browser: $(STAMP)
	@command -v chromium >/dev/null || $(BIN)/playwright install chromium

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run -v 0
	DEBUG=1 $(BIN)/python manage.py check
	DEBUG=1 $(BIN)/python manage.py messages --check

fix: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(STAMP)
	DEBUG=1 $(BIN)/python manage.py messages

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@

.env:
	printf 'DEBUG=1\nPORTAL_TODAY=2009-07-06\n' > $@
