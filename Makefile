# Every target sets up what it needs. Only Python 3.11.5 or later, git and make must be there before.
PYTHON ?= python3
SITE := .venv/bin/python -m lowerbound_site
.DEFAULT_GOAL := help
# What is compiled is kept, in .venv: importing torch anew takes twice as long.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help serve test more seeds style chromium record record-all check new build bench lighthouse lowest zensical clean

help:
	@echo "make serve              serve the site on loopback, print its address, show what is saved"
	@echo "make test               run every check that a change needs"
	@echo "make more               run what takes long and is rarely red, too (a workflow does every night)"
	@echo "make new CLAIM=name     start a claim: a snippet to write yours over"
	@echo "make new INSTRUMENT=name  start a picture that the reader moves, with its test"
	@echo "make new EXPLANATION=name CLAIM=claim  start another way to see a claim, without code"
	@echo "make new EXERCISE=name PAGE=docs/name.md  start an exercise, or TRAP=name CLAIM=claim, or QUESTION=name"
	@echo "make check              check what differs from main, in seconds"
	@echo "make check CLAIM=name   check one claim; or one page: make check PAGE=docs/name.md"
	@echo "make record CLAIM=name  run a claim's snippet and record what it prints and draws"
	@echo "make record-all         train the models, and record every snippet"
	@echo "make build              build the site into site/"
	@echo "make bench              measure speed side by side with others, for docs/performance.md (Linux, minutes)"
	@echo "make lighthouse         measure some pages with Lighthouse (needs Node and npm)"
	@echo "make lowest             run every program with the lowest versions that the wheel admits (minutes)"
	@echo "make seeds              run claims with other seeds (COUNT=20, CLAIM=name, SCHEDULER=address of a dask cluster)"
	@echo "make zensical           build the Markdown pages with Zensical, Material's successor"
	@echo "TORCH=no, behind make serve, check or new: without torch, for pages; no program is run"
	@echo "make clean              remove everything that these commands made"

# The stamp's name has the content of what decides the environment in it, so a changed pin sets it up anew.
STAMP := .venv/stamp-$(shell cat requirements.txt pyproject.toml | cksum | cut -d' ' -f1)
PINS := requirements.txt

# TORCH=no: pages can be written, checked and served without it. No program is run then.
ifeq ($(TORCH),no)
export LOWERBOUND_WITHOUT_TORCH := 1
STAMP := $(or $(wildcard $(STAMP)),$(STAMP)-without-torch)
PINS := .venv/requirements.txt
endif

$(STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11, 5))' \
		|| { echo "Python 3.11.5 or later is needed; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@test $(PINS) = requirements.txt || grep -v '^torch==' requirements.txt > $(PINS)
	.venv/bin/python -m pip install --disable-pip-version-check --no-compile --requirement $(PINS)
	.venv/bin/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@rm -f .venv/stamp-*
	@touch $@

# In a new environment nothing is compiled yet. The tests' processes would all do so at the same time, each for itself;
# so one does it before, while the style is checked.
COMPILED := $(STAMP)-compiled

$(COMPILED): $(STAMP)
	@.venv/bin/python -m pytest --collect-only --quiet > /dev/null 2>&1 || true  # what is wrong is said when they run
	@touch $@

# What only `make seeds` needs: an extra, which changes no pin.
SEEDS := .venv/stamp-with-seeds-$(shell cat requirements.txt pyproject.toml | cksum | cut -d' ' -f1)

$(SEEDS): $(STAMP)
	.venv/bin/python -m pip install --disable-pip-version-check --no-compile --constraint requirements.txt \
		--no-build-isolation --editable '.[seeds]'
	@touch $@

serve: $(STAMP)
	@$(SITE) serve

build: $(STAMP)
	$(SITE) build

lighthouse: $(STAMP)
	@$(SITE) lighthouse

lowest: $(STAMP)
	@$(SITE) lowest $(CLAIM)

test: $(STAMP)
	@$(MAKE) --no-print-directory --jobs 2 style chromium $(COMPILED)
	@# Two processes more than there are cores on a small machine: those with a browser or a program mostly wait for it.
	.venv/bin/python -m pytest --numprocesses 4 --dist loadgroup --durations 20 -m "not more"

seeds: $(SEEDS)
	@$(SITE) seeds $(addprefix --count=,$(COUNT)) $(addprefix --first=,$(FIRST)) $(addprefix --claim=,$(CLAIM)) \
		$(addprefix --scheduler=,$(SCHEDULER))

more: $(SEEDS) chromium
	.venv/bin/python -m pytest --numprocesses 3 --dist loadgroup --durations 20 -m more
	@$(SITE) lowest

style: $(STAMP)
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

chromium: $(STAMP)
	$(SITE) chromium

record: $(STAMP)
	@test -n "$(CLAIM)" || { echo "say which: make record CLAIM=name; to train and record everything: make record-all"; exit 1; }
	@$(SITE) record $(CLAIM)

record-all: $(STAMP)
	$(SITE) train
	@$(SITE) record

check: $(STAMP)
	@$(SITE) check $(addprefix --claim=,$(CLAIM)) $(addprefix --page=,$(PAGE))

new: $(STAMP)
	@$(SITE) new $(addprefix --claim=,$(CLAIM)) $(addprefix --instrument=,$(INSTRUMENT)) \
		$(addprefix --explanation=,$(EXPLANATION)) $(addprefix --exercise=,$(EXERCISE)) $(addprefix --trap=,$(TRAP)) \
		$(addprefix --question=,$(QUESTION)) $(addprefix --page=,$(PAGE)) $(addprefix --about=,$(ABOUT))

# What the library is measured against has an environment of its own: none of it may decide what readers get.
BENCH := .cache/bench/stamp-$(shell cat tests/bench/requirements.txt | cksum | cut -d' ' -f1)

$(BENCH):
	@test -x .cache/bench/bin/python || $(PYTHON) -m venv .cache/bench
	.cache/bench/bin/python -m pip install --disable-pip-version-check --no-compile --no-deps --requirement tests/bench/requirements.txt
	@rm -f .cache/bench/stamp-*
	@touch $@

bench: $(BENCH)
	.cache/bench/bin/python tests/bench/run.py

zensical: $(STAMP)
	@$(SITE) zensical

clean:
	rm -rf .venv .cache site dist docs/download
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
