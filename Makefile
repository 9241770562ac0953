# make lab    open the workbook in JupyterLab (ARGS=--no-browser for a server)
# make app    the workbook as one page, with Voilà (ARGS as above)
# make demo   the whole job in the terminal, on a throw-away practice vault
# make test   all tests, the browser's and those of other clients and CAs included, in two processes
# make check  lint, types, import directions, clean notebooks
# make bench  the figures
# make docs   the tables of checks, drills and commands in docs/, from the code
# make reference  the reference of the modules, from their docstrings, into build/reference
# make screenshots  a picture of every panel in each state and theme, into screenshots/
# make lock   renew the pins in binder/requirements.txt
# make clean  away with all that was installed and built

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
ARGS ?=

.DEFAULT_GOAL := lab
.PHONY: lab app demo test check bench docs reference screenshots lock clean

$(READY): binder/requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --requirement binder/requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	@touch $@

lab: $(READY)
	$(BIN)/kvcsr lab $(ARGS)

app: $(READY)
	$(BIN)/kvcsr app $(ARGS)

demo: $(READY)
	@$(BIN)/kvcsr demo $(ARGS)

test: $(READY)
	$(BIN)/python -m tests.browser.programs
	$(BIN)/python -m tests.cas.programs
	$(BIN)/python -m tests.clients.programs
	$(BIN)/python -m pytest --numprocesses 2 -m "not alone" $(ARGS) $(if $(ARGS),|| test $$? -eq 5)  # ARGS chose none
	$(BIN)/python -m pytest -m alone $(ARGS) $(if $(ARGS),|| test $$? -eq 5)

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

docs: $(READY)
	$(BIN)/python -m tests.docs

reference: $(READY)
	$(BIN)/python -m tests.docs.reference build/reference

screenshots: $(READY)
	$(BIN)/python -m tests.browser.programs
	$(BIN)/python -m tests.screenshots $(ARGS)

lock: $(READY)
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --extra dev \
		--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" \
		--output-file binder/requirements.txt pyproject.toml

clean:
	rm -rf .venv .clients build screenshots .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
