# What this project does with make. It needs make and Python 3.11 or newer, nothing else: each command makes the
# virtual environment it needs on its first run, and needs no network after that.

define HELP
make demo     the two examples from the README: tables here, pictures and a live page in demo/
make test     everything that must pass: lint, format, types, tests, documentation, coverage
make try T="tests/numbers/test_scalar.py -k sigmoid"
              some of the tests, in seconds
make test-jax the programs printed for JAX, run by JAX
make test-all make test, and the programs printed for JAX and for PyTorch, which is large to install
make matrix   the tests under every Python from 3.11 on that this machine has
make shuffle  the tests in five random orders
make fuzz     random programs, expressions, texts and labels, new ones every time; MINUTES=10 or as you say
make mutants  small errors planted in the library, which its tests should notice; MINUTES=10 M="core/slopes.py"
make soak     training with the collector off, to see that memory stays flat; MINUTES=60 or as you say
make kills    processes killed while they save a model, to see that no file is damaged; N=500 or as you say
make bench    speed and memory beside other engines, some minutes; PyTorch and JAX are large to install
make site     this documentation as a site, into build/site
make serve    the site, made and shown on this machine
make test-site  the site made and looked at in a browser: links, search, accessibility, Python in a page
make pictures the pictures of the documentation, made again by its examples
make structure  the figures of the page on design: modules, imports, sizes of functions
make format   put the code into the format that `make test` checks, and the numbers of lines into docs/reading.md
make release-check  builds the source distribution and the wheel, and tests what is in them
make clean    delete the virtual environments that make has made (in .make), and everything else it made

The first Python found is used; choose one with PYTHON, as in: make test PYTHON=python3.13
endef
export HELP

FOUND := $(shell tools/find-python "$(PYTHON)")
VERSION := $(firstword $(FOUND))
INTERPRETER := $(wordlist 2, 99, $(FOUND))
MISSING = $(if $(PYTHON),: $(PYTHON) is not that,, and none was found)
DEMO := .make/demo-$(VERSION)
TEST := .make/test-$(VERSION)
JAX := .make/jax-$(VERSION)
ARRAYS := .make/arrays-$(VERSION)
ORDER := .make/order-$(VERSION)
BENCH := .make/bench-$(VERSION)
RELEASE := .make/release-$(VERSION)
SITE := .make/site-$(VERSION)
# What each environment gets beside the library and what that needs: groups from pyproject.toml.
GROUPS_demo :=
GROUPS_test := dev
GROUPS_jax := test jax
GROUPS_arrays := test jax torch
GROUPS_order := dev order
GROUPS_bench := bench
GROUPS_release := release
GROUPS_site := site

PYTEST := -m pytest
PARALLEL := --numprocesses auto --dist loadgroup
PRINTED := tests/printers/test_arrays.py tests/test_against_jax.py tests/testing/test_respected.py
MINUTES := 10

.PHONY: help demo test try test-jax test-all lint lint-js types tests covered-tests matrix shuffle fuzz mutants \
        soak kills bench pictures site serve test-site structure format release-check clean

help:
	@echo "$$HELP"

demo: $(DEMO)/installed
	@mkdir -p demo
	@cd demo && ../$(DEMO)/bin/python ../examples/branching.py && echo
	@cd demo && ../$(DEMO)/bin/python ../examples/sigmoid_neuron.py
	@cd demo && ../$(DEMO)/bin/python -m tinygrad_edu "x = a + b; y = b + c; x * y" a=-1 b=3 c=4 \
		--html branching.html >/dev/null
	@echo && echo "The pictures, and a live page to move and step through, to open in a browser:"
	@ls demo/*.svg demo/*.html
	@echo && echo "To go on in this shell, with python and the command tinygrad-edu:" && echo "source $(DEMO)/bin/activate"

test: lint lint-js types covered-tests

lint: $(TEST)/installed
	$(TEST)/bin/ruff check .
	$(TEST)/bin/ruff format --check .

# The pages' JavaScript. The linter comes from npm, pinned by its lock file.
lint-js:
	@if ! command -v npm >/dev/null; then echo "!!! THE PAGES' JAVASCRIPT WAS NOT LINTED: install Node.js"; exit 0; fi; \
	cd tools/javascript && { [ -d node_modules ] || npm ci --silent --no-fund --no-audit; } && cd ../.. && \
	tools/javascript/node_modules/.bin/oxlint --config tools/javascript/.oxlintrc.json --deny-warnings \
		src/tinygrad_edu/explorables/page tools/website/assets tools/website/python

types: $(TEST)/installed
	$(TEST)/bin/mypy

tests: $(TEST)/installed
	$(TEST)/bin/python $(PYTEST) $(PARALLEL)

covered-tests: $(TEST)/installed
	$(TEST)/bin/python $(PYTEST) --cov $(PARALLEL)

try: $(TEST)/installed
	$(TEST)/bin/python $(PYTEST) -q $(T)

test-jax: $(JAX)/installed
	$(JAX)/bin/python $(PYTEST) -k jax $(PRINTED)

test-all: test $(ARRAYS)/installed
	$(ARRAYS)/bin/python $(PYTEST) $(PRINTED)

matrix:
	@MAKE="$(MAKE)" tools/test-matrix

shuffle: $(ORDER)/installed
	for seed in 1 2 3 4 5; do $(ORDER)/bin/python $(PYTEST) $(PARALLEL) -p randomly -p "no:cacheprovider" \
		-p no:cov -q --randomly-seed=$$seed || exit 1; done

# With JAX and PyTorch, or JAX, if `make test-all` or `make test-jax` has made an environment that has them.
FUZZ := $(firstword $(foreach each,$(ARRAYS) $(JAX),$(if $(wildcard $(each)/installed),$(each))) $(TEST))
fuzz: $(FUZZ)/installed
	$(FUZZ)/bin/python -m tools.fuzz $(MINUTES) $(T)

mutants: $(TEST)/installed
	$(TEST)/bin/python -m tools.mutants $(MINUTES) $(M)

soak: $(TEST)/installed
	$(TEST)/bin/python -m tools.soak $(MINUTES)

kills: $(TEST)/installed
	$(TEST)/bin/python -m tools.kills $(N)

bench: $(BENCH)/installed
	@$(BENCH)/bin/python -m benchmarks

pictures: $(TEST)/installed
	$(TEST)/bin/python -m tools.pictures
	$(TEST)/bin/python -m tools.course_pictures

# What the site brings along (Python for the browser, KaTeX) comes from npm, pinned by its lock file.
PACKAGES := tools/website/node_modules/.package-lock.json
$(PACKAGES): tools/website/package-lock.json
	@command -v npm >/dev/null || { echo "The site needs npm: install Node.js"; exit 1; }
	cd tools/website && npm ci --silent --no-fund --no-audit && touch node_modules/.package-lock.json

site: $(SITE)/installed $(PACKAGES)
	$(SITE)/bin/python -m tools.website.build build/site

serve: site
	@echo "The site is at http://localhost:8000; Ctrl+C ends this."
	@$(SITE)/bin/python -m http.server --directory build/site --bind localhost 8000

test-site: $(SITE)/installed $(PACKAGES)
	TINYGRAD_EDU_REQUIRE_SITE=1 $(SITE)/bin/python $(PYTEST) tests/website/test_build.py tests/website/test_in_a_browser.py

structure: $(TEST)/installed
	$(TEST)/bin/python tools/structure.py src/tinygrad_edu --tests tests

format: $(TEST)/installed
	$(TEST)/bin/ruff check --fix .
	$(TEST)/bin/ruff format .
	$(TEST)/bin/python tools/reading.py

release-check: $(RELEASE)/installed
	$(RELEASE)/bin/python tools/release_check.py $(RELEASE_CHECK)

clean:
	rm -rf .make demo build dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

# The file `installed` marks an environment that is complete: as long as it is newer than pyproject.toml, pip is not
# called. The project goes in editable, so that a change of the code needs no new installation. Groups need pip 25.1 or
# newer, and a new environment has the pip that came with Python: so pip is brought up to date first.
.make/%/installed: pyproject.toml
	@if [ -z "$(INTERPRETER)" ]; then \
		echo "This needs CPython 3.11 or newer, with its modules venv and ensurepip$(MISSING)."; \
		echo "Choose one with PYTHON, as in: make demo PYTHON=/path/to/python3.12"; exit 1; fi
	@echo "Making the virtual environment $(@D):"
	@test -x "$(@D)/bin/python" || "$(INTERPRETER)" -m venv "$(@D)"
	"$(@D)/bin/python" -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	"$(@D)/bin/python" -m pip install --quiet --disable-pip-version-check --editable . \
		$(addprefix --group ,$(GROUPS_$(firstword $(subst -, ,$*))))
	@if [ -x "$(@D)/bin/pyright" ]; then "$(@D)/bin/pyright" --version >/dev/null; fi  # fetches itself at its first start
	@touch "$@"
