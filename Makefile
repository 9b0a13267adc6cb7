# An Sinh: `make help` lists what there is. Needs Python 3.11 or newer, git, make and bash; nothing else.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install run test check graph law law-book mutants bench model kill soak lock clean

VENV := .venv
BIN := $(VENV)/bin
DATE ?=
PYTEST_WORKERS ?= 2

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: ## make the environment in .venv from requirements.lock
	@bash .ci/environment requirements.lock

run: install ## migrate, load the demo network and serve on http://127.0.0.1:8080
	@$(BIN)/ansinh serve --demo

test: ## every check and test, in the environment of requirements-test.lock
	@bash .ci/environment requirements-test.lock
	@$(MAKE) --no-print-directory _check
	@$(BIN)/python -m pytest -n $(PYTEST_WORKERS)

check: ## lint, types, import contracts, repository rules: the fast part
	@bash .ci/environment requirements-test.lock
	@$(MAKE) --no-print-directory _check
	@$(BIN)/python -m pytest tests/repository

.PHONY: _check
_check:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/ansinh graph --check
	$(BIN)/ansinh law-book --check

graph: install ## draw the conversations into docs/conversations/
	@$(BIN)/ansinh graph

law: install ## the legal parameters in force: make law DATE=2027-01-01
	@$(BIN)/ansinh law $(if $(DATE),--on $(DATE))

law-book: install ## write docs/law.md, every parameter and rule for officers to sign
	@$(BIN)/ansinh law-book

mutants: ## change the calculators one operator at a time and list what no test of the law notices (long)
	@bash .ci/environment requirements-test.lock
	@$(BIN)/mutmut run --max-children 1 > mutants.log 2>&1; tail -c 80 mutants.log; $(BIN)/mutmut results

bench: install ## measure the engine, a whole step and the network
	@$(BIN)/ansinh bench

model: install ## let leads live 10,000 random steps on each database, one by one and in two processes
	@bash .ci/environment requirements-test.lock
	@$(BIN)/python -m pytest tests/network/test_model.py --model-steps 10000 --model-seed $$RANDOM -s

kill: ## kill the process at each await of a conversation, on both databases: some ten minutes
	@bash .ci/environment requirements-test.lock
	@$(BIN)/python -m pytest -n $(PYTEST_WORKERS) tests/service/test_kill.py --kill-step 1

soak: ## 2,000 people on every channel while processes die: about ten minutes, PostgreSQL started by itself
	@bash .ci/environment requirements-test.lock
	@$(BIN)/python -m tests.soak

lock: ## resolve the dependencies anew into the lock files
	@bash .ci/lock

clean: ## remove the environment and caches; the data in var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache artifacts
