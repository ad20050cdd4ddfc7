# Everything runs in a virtual environment of its own, $(VENV), made on first use with plain pip.
# A stamp file in it remembers that pip has run; it is redone only when pyproject.toml changes.

PYTHON ?= python3
VENV ?= .venv
# More words for pip, for instance an index with a build of torch for the CPU (README.md).
PIP_ARGS ?=

RUN := $(VENV)/bin/python
# Two processes share the files of tests, in the order of conftest.py: half of the time goes into
# starting others.
PYTEST := $(RUN) -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations 10

.PHONY: help demo test check lint format mini conformance bench bench-train clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

demo: $(VENV)/.demo  ## install what the demo needs and serve it at http://127.0.0.1:7860
	$(RUN) spaces/phoclip/app.py

test: $(VENV)/.dev lint  ## lint and the whole test suite
	$(PYTEST)

check: $(VENV)/.dev  ## the fast tests only
	$(PYTEST) -m "not slow"

lint: $(VENV)/.dev  ## style, docstrings and formatting
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

format: $(VENV)/.dev  ## let ruff mend what it can
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

mini: $(VENV)/.dev  ## retrain, measure and pack the shipped checkpoints: make mini DATA=folder
	@test -d "$(DATA)" || { echo "DATA=$(DATA) is no folder; the cards of the checkpoints say what it holds"; exit 1; }
	$(RUN) scripts/train.py scripts/recipes/mini.yaml --data "$(DATA)" --output runs/mini
	$(RUN) scripts/pack_mini.py runs/mini --data "$(DATA)"

conformance: $(VENV)/.dev  ## Transformers' own common tests on our classes, beside theirs
	$(RUN) scripts/conformance.py

bench: $(VENV)/.dev  ## run the measurements in scripts/benchmarks
	@test -n "$(wildcard scripts/benchmarks/*.py)" || { echo "scripts/benchmarks holds no measurement"; exit 1; }
	@set -e; for script in scripts/benchmarks/*.py; do echo "== $$script"; $(RUN) $$script; done

bench-train: $(VENV)/.dev  ## training against peers: make bench-train DATA=folder ARGS="--modes locked"
	@test -d "$(DATA)" || { echo "DATA=$(DATA) is no folder; scripts/benchmarks/training/compare.py says what it holds"; exit 1; }
	$(RUN) -m pip install $(PIP_ARGS) -e ".[bench]"
	$(RUN) scripts/benchmarks/training/compare.py --data "$(DATA)" $(ARGS)

clean:  ## remove the environment and caches; training runs and galleries stay
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache
	find phoclip_hf scripts spaces tests -type d -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/.demo: pyproject.toml | $(RUN)
	$(RUN) -m pip install $(PIP_ARGS) -e ".[demo]"
	@touch $@

$(VENV)/.dev: pyproject.toml | $(RUN)
	$(RUN) -m pip install $(PIP_ARGS) -e ".[dev]"
	@touch $@ $(VENV)/.demo

$(RUN):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
	  echo "$(PYTHON) is missing or older than Python 3.10 ($$($(PYTHON) --version 2>&1))."; \
	  echo "Install Python 3.10 or newer, or name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(PYTHON) cannot make a virtual environment. On Debian or Ubuntu: sudo apt install python3-venv"; exit 1; }
