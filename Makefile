# Two commands on a machine with python3 (3.11 or newer, with venv), git and make:
#   make repro    the whole pipeline on the embedded benchmark
#   make test     lint, types, tests
PYTHON ?= python3
# stages at a time, a thread each
JOBS ?= 2
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: repro test lint clean

repro: .venv/ready
	python -m stages.reproduce -j $(JOBS)
	dvc repro

# Two processes; a file's tests stay together, for those that share a pipeline.
test: .venv/ready lint
	pytest -n2 --dist=loadfile --no-loadscope-reorder

lint: .venv/ready
	ruff check .
	ruff format --check .
	mypy

# Made anew when the pinned requirements change. About 6 GB: torch brings its CUDA libraries.
.venv/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "zslcore needs Python 3.11 or newer; set PYTHON=python3.x"; exit 1; }
	@echo "Installing the pinned packages into .venv (some minutes the first time)"
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --disable-pip-version-check -r requirements.txt
	touch $@

clean:
	rm -rf .venv scratch dvc_plots
