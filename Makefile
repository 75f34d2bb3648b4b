# Two commands matter on a fresh machine: `make demo` and `make test`.
# Needs only Python >= 3.11, make and a package index.
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 3 # more than 2 cores: many tests wait for a program or a server
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 POLARS_MAX_THREADS=1 # workers must not wait for each other
INSTALL := $(BIN)/uv pip install --quiet --require-hashes --compile-bytecode --python $(BIN)/python
HASH := $(shell cat requirements*.lock pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)
RUN_STAMP := .venv/.run-$(HASH)
TEST_STAMP := .venv/.test-$(HASH)
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test suite release quick fuzz lint types sample docs wheel lock clean

help:            ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: $(RUN_STAMP)   ## the nightly flow on the simulated sample cohort, in ./demo
	@echo "== cramplog demo: 12 simulated runners, everything in ./demo, nothing in your own folder"
	@CRAMPLOG_HOME=demo $(BIN)/cramplog init --demo
	@echo "== the nightly flow, in Prefect with a server of its own (its start takes about 10 s)"
	@echo "== two of the cohort's files are damaged on purpose: they are named, and the night counts as failed (exit code 1)"
	@CRAMPLOG_HOME=demo $(BIN)/cramplog nightly || test $$? -eq 1
	@test -e demo/reports/anna.html

# Types beside the tests: mypy keeps one core busy for half a minute.
test: lint $(TEST_STAMP)   ## everything: lint, types, import contracts, all tests
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory --jobs=2 types suite

suite: $(TEST_STAMP)   ## all tests but those of `make release`
	$(ONE_THREAD) $(BIN)/python -m pytest -n $(WORKERS) -m "not release"

release: $(TEST_STAMP)   ## the tests that take long
	$(ONE_THREAD) $(BIN)/python -m pytest -n $(WORKERS) -m release

quick: $(TEST_STAMP)   ## the tests under 30 s
	$(ONE_THREAD) $(BIN)/python -m pytest -n 2 -m "not slow and not release"

fuzz: $(TEST_STAMP)   ## maimed files for SECONDS=60, other ones each time (SEED= for the same); .fuzz keeps what fails
	$(ONE_THREAD) $(BIN)/python -m tests.support.maimed.read .fuzz --seconds $(or $(SECONDS),60) $(if $(SEED),--seed $(SEED))

lint: $(TEST_STAMP)   ## ruff: style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(TEST_STAMP)   ## mypy strict
	$(BIN)/mypy

sample: $(TEST_STAMP)   ## makes sample_data/ again, the same content
	$(BIN)/python -m sample_data.build

docs: $(TEST_STAMP)   ## writes docs/data.md from the comments of the public views
	$(BIN)/python -m docs.write_data_page

wheel: $(TEST_STAMP)   ## builds the wheel into ./dist
	$(BIN)/python -m hatchling build -t wheel

lock: .venv/bin/uv   ## resolves the requirement files again
	$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --extra test -c requirements.lock pyproject.toml -o requirements-test.lock
	$(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --extra bench -c requirements.lock pyproject.toml -o requirements-bench.lock

clean:           ## removes what make made, but not ./demo
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/bin/uv:
	@echo "== making .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cramplog needs Python 3.11 or newer; set PYTHON=...")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-tools.lock

$(RUN_STAMP): .venv/bin/uv
	@echo "== installing the locked packages"
	@test -e $(TEST_STAMP) || $(INSTALL) -r requirements.lock
	@test -e $(TEST_STAMP) || $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(TEST_STAMP): .venv/bin/uv
	@echo "== installing the locked packages and the test tools"
	@$(INSTALL) -r requirements-test.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@
