# What this project does with make. It needs make and Python 3.11 or newer, nothing else: each command makes the
# virtual environment it needs on its first run, and needs no network after that.

define HELP
make demo     the two examples from the README: tables here, pictures in demo/
make test     everything that must pass: lint, format, types, tests, documentation, coverage
make matrix   the tests under every Python from 3.11 on that this machine has
make bench    speed and memory beside other engines, some minutes; PyTorch and JAX are large to install
make pictures the pictures of the documentation, made again by its examples
make format   put the code into the format that `make test` checks
make clean    delete the virtual environments that make has made (in .make), and everything else it made

The first Python found is used; choose one with PYTHON, as in: make test PYTHON=python3.13
endef
export HELP

FOUND := $(shell tools/find-python "$(PYTHON)")
VERSION := $(firstword $(FOUND))
INTERPRETER := $(wordlist 2, 99, $(FOUND))
DEMO := .make/demo-$(VERSION)
TEST := .make/test-$(VERSION)
BENCH := .make/bench-$(VERSION)
EXTRAS_demo := draw
EXTRAS_test := test
EXTRAS_bench := bench

.PHONY: help demo test lint types tests covered-tests matrix bench pictures format clean

help:
	@echo "$$HELP"

demo: $(DEMO)/installed
	@mkdir -p demo
	@cd demo && ../$(DEMO)/bin/python ../examples/branching.py && echo && ../$(DEMO)/bin/python ../examples/sigmoid_neuron.py
	@echo && echo "The pictures, to open in a browser:" && ls demo/*.svg
	@echo && echo "To go on in this shell, with python and the command tinygrad-edu:" && echo "source $(DEMO)/bin/activate"

test: lint types covered-tests

lint: $(TEST)/installed
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check .

types: $(TEST)/installed
	$(TEST)/bin/mypy

tests: $(TEST)/installed
	$(TEST)/bin/python -m pytest

covered-tests: $(TEST)/installed
	$(TEST)/bin/python -m pytest --cov --numprocesses auto --dist loadgroup

matrix:
	@MAKE="$(MAKE)" tools/test-matrix

bench: $(BENCH)/installed
	@$(BENCH)/bin/python -m benchmarks

pictures: $(TEST)/installed
	$(TEST)/bin/python tools/pictures.py

format: $(TEST)/installed
	$(TEST)/bin/ruff check --fix .
	$(TEST)/bin/ruff format .

clean:
	rm -rf .make demo build dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

# The file `installed` marks an environment that is complete: as long as it is newer than pyproject.toml, pip is not
# called. The project goes in editable, so that a change of the code needs no new installation.
.make/%/installed: pyproject.toml
	@if [ -z "$(INTERPRETER)" ]; then \
		echo "This needs CPython 3.11 or newer, with its modules venv and ensurepip$(if $(PYTHON),: $(PYTHON) is not that,, and none was found)."; \
		echo "Choose one with PYTHON, as in: make demo PYTHON=/path/to/python3.12"; exit 1; fi
	@echo "Making the virtual environment $(@D), once:"
	"$(INTERPRETER)" -m venv --clear "$(@D)"
	"$(@D)/bin/python" -m pip install --quiet --disable-pip-version-check --editable ".[$(EXTRAS_$(firstword $(subst -, ,$*)))]"
	@touch "$@"
