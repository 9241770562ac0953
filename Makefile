# make lab    open the workbook in JupyterLab (ARGS=--no-browser for a server)
# make demo   the whole job in the terminal, on a throw-away practice vault
# make test   all tests, the browser's and those of other clients and CAs included
# make check  lint, types, import directions, clean notebooks
# make bench  the figures
# make screenshots  a picture of every panel in each state and theme, into screenshots/
# make lock   renew the pins in binder/requirements.txt

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
ARGS ?=

.DEFAULT_GOAL := lab
.PHONY: lab demo test check bench screenshots lock clean

$(READY): binder/requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --requirement binder/requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

lab: $(READY)
	$(BIN)/kvcsr lab $(ARGS)

demo: $(READY)
	@$(BIN)/kvcsr demo $(ARGS)

test: $(READY)
	$(BIN)/python -m tests.browser.programs
	$(BIN)/python -m tests.cas.programs
	$(BIN)/python -m tests.clients.programs
	$(BIN)/python -m pytest $(ARGS)

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.clean_notebooks

bench: $(READY)
	$(BIN)/python -m tests.browser.programs
	$(BIN)/python -m tests.clients.programs azure-cli
	$(BIN)/python -m tests.bench

screenshots: $(READY)
	$(BIN)/python -m tests.browser.programs
	$(BIN)/python -m tests.screenshots $(ARGS)

lock: $(READY)
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --extra dev \
		--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" \
		--output-file binder/requirements.txt pyproject.toml

clean:
	rm -rf .venv .clients .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
