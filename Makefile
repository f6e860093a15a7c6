# Creditgate. `make` lists the targets. Needs make and a python3 of 3.11 or newer, nothing else.

PYTHON ?= python3
UV ?= uv
VENV := .venv/bin
RUN := $(VENV)/python -m
SETUP := $(PYTHON) deploy/bootstrap.py
COMPILE := $(UV) pip compile --universal --generate-hashes --no-emit-index-url \
	--no-emit-find-links --python-version 3.11 --no-header --quiet $(if $(UPGRADE),--upgrade) pyproject.toml
ASKED_ONCE := $(filter-out 0,$(ONCE))
DEMO_OPTIONS = $(if $(ASKED_ONCE),--once) $(if $(PORT),--port '$(PORT)') $(if $(DATA),--data '$(DATA)')
# The oldest Postgres that is installed beside the embedded one, to run the tests on it too.
OTHER_POSTGRES = $(patsubst %/initdb,%,$(firstword $(sort $(wildcard \
	$(addprefix /usr/lib/postgresql/,$(addsuffix /bin/initdb,15 16 17))))))

# Tests that ask no database, or nothing of it that another version could answer otherwise: what
# files are taken with are the ledger's statements, which tests/api tries; what others are told
# with, tests/stories; and two who meet over a hold lock as any two writers do.
WITHOUT_DATABASE := credit embedded ledger house prove demo cli imports notices bench api/door
# Tests that start programs of their own, again and again.
PROGRAMS := cli demo imports
OTHER_LOG := .check-beside.log

.DEFAULT_GOAL := help
.PHONY: help demo test check bench prove kills lint types coverage test-other-postgres openapi lock clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | \
	while IFS='|' read -r target text; do printf 'make %-20s %s\n' "$$target" "$$text"; done

demo: ## Set up and serve the demo until Ctrl-C (ONCE=1 answers and ends; PORT=8080, DATA=folder)
	@$(SETUP) deploy/requirements-demo.txt
	@exec $(VENV)/creditgate demo $(DEMO_OPTIONS)

test: ## Set up and run the tests (ARGS='-k hold' for some of them)
	@$(SETUP) deploy/locked.txt
	@$(RUN) pytest $(ARGS)

# In two rows side by side, as either leaves half of two cores idle: the second Postgres, and then
# what starts programs of its own, beside all the rest.
check: lint types coverage ## Everything that must hold: lint, types, layers, coverage, all tests, the short proof
	@($(MAKE) --no-print-directory test-other-postgres && \
		$(RUN) pytest $(addprefix tests/,$(PROGRAMS))) >$(OTHER_LOG) 2>&1 & other=$$!; \
	CREDITGATE_TEST_PROOF=1 $(RUN) pytest $(addprefix --ignore=tests/,$(PROGRAMS)); here=$$?; \
	wait $$other; there=$$?; cat $(OTHER_LOG); exit $$((here || there))

lint: ## Ruff and the layers
	@$(SETUP) deploy/locked.txt
	@$(RUN) ruff check
	@$(RUN) ruff format --check
	@$(VENV)/lint-imports

types: ## Strict types
	@$(SETUP) deploy/locked.txt
	@$(RUN) mypy

coverage: ## The rules alone, without a database: every branch is tested
	@$(SETUP) deploy/locked.txt
	@$(RUN) pytest tests/credit --cov=app.credit --cov-branch --cov-fail-under=100 \
		--cov-report=term-missing:skip-covered

test-other-postgres: ## The database tests once more, on the oldest installed Postgres (15 to 17)
	@$(SETUP) deploy/locked.txt
ifeq ($(OTHER_POSTGRES),)
	@echo "Skipped the tests on another Postgres, none of 15 to 17 is installed:" \
		"apt-get install postgresql-15"
else
	@echo "Once more, on the Postgres of $(OTHER_POSTGRES)"
	@CREDITGATE_TEST_POSTGRES_BIN=$(OTHER_POSTGRES) \
		$(RUN) pytest $(addprefix --ignore=tests/,$(WITHOUT_DATABASE)) -k 'not meet_over_a_hold'
endif

bench: ## Measure what a check and a hot account cost (ARGS='--rounds 500' for fewer); figures go to .bench/
	@$(SETUP) deploy/locked.txt
	@PYTHONPATH=.:tests $(RUN) bench $(ARGS)

prove: ## The proof: load, faults, checker, planted defects (LONG=1, FORM=short, SEED=n, DEFECT='name')
	@$(SETUP) deploy/locked.txt
	@PYTHONPATH=.:tests $(RUN) prove $(if $(SEED),--seed '$(SEED)') $(if $(DEFECT),--defect '$(DEFECT)') \
		--form $(if $(filter-out 0,$(LONG)),long,$(or $(FORM),default))

kills: ## The telling: 200 workers killed while mail server and receivers are down, slow or refusing
	@$(SETUP) deploy/locked.txt
	@CREDITGATE_TEST_WORKER_KILLS=200 $(RUN) pytest tests/notices/test_killed_workers.py

openapi: ## Write openapi/openapi.json as the code has it
	@$(SETUP) deploy/locked.txt
	@$(VENV)/creditgate openapi openapi/openapi.json

lock: ## Resolve the dependencies (needs uv; UPGRADE=1 takes the newest)
	@$(COMPILE) --all-extras --group dev -o deploy/locked.txt
	@$(COMPILE) --extra embedded -c deploy/locked.txt -o deploy/requirements-demo.txt
	@$(COMPILE) -c deploy/locked.txt -o deploy/requirements.txt

clean: ## Remove the environment, caches and the demo's data
	@rm -rf .venv .demo .bench dist .coverage .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	@find app migrations tests deploy -name __pycache__ -type d -prune -exec rm -rf {} +
