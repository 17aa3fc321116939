# citytwin: `make run` sets everything up and opens the sample project; `make test` runs every test.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.run-ready
TEST_READY := $(VENV)/.test-ready

.PHONY: run setup test bench lint lock schema sample clean

run: setup
	@.ci/start $(BIN)/citytwin

setup: $(RUN_READY)

$(RUN_READY): requirements.txt pyproject.toml .ci/system
	@.ci/system run
	@test -n "$(PYTHON)" || { echo "citytwin needs Python 3.11 or newer."; exit 1; }
	@test -x $(BIN)/python || { echo "Making the virtual environment $(VENV) ($$($(PYTHON) --version))"; \
		$(PYTHON) -m venv $(VENV); }
	@echo "Installing citytwin and what it needs into $(VENV) (about 1 GB, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(TEST_READY): $(RUN_READY) requirements-test.txt .ci/system
	@.ci/system test
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	@touch $@

test: $(TEST_READY)
	@$(BIN)/ruff check .
	@.ci/screen $(BIN)/python -m pytest $(PYTEST)

bench: $(TEST_READY)
	@.ci/screen $(BIN)/python -m benchmarks

lint: $(TEST_READY)
	@$(BIN)/ruff check . && $(BIN)/lint-imports

# Needs uv; writes both lock files from pyproject.toml (one lock for all platforms, Python 3.11 and newer).
UV_COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" pyproject.toml
lock:
	$(UV_COMPILE) --extra test -o requirements-test.txt
	$(UV_COMPILE) --extra checks -c requirements-test.txt -o requirements.txt

schema: $(RUN_READY)
	$(BIN)/citytwin schema > twin/schema/project-3.json

sample: $(RUN_READY)
	$(BIN)/citytwin sample data_samples

clean:
	rm -rf $(VENV) build *.egg-info out
