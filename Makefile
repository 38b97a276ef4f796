.DEFAULT_GOAL := help
.PHONY: help demo test check bench clean lock

# Several recipes are one shell, so that the last word of each is the program itself: it gets Ctrl-C directly.
BIN := .venv/bin

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Run a festival on this machine: servers, web, worker (Ctrl-C stops all)
	@requirements/install demo && requirements/browser/install && exec $(BIN)/ticketing demo

test: ## Run all tests on real servers, browser included (ARGS="..." goes to pytest)
	@requirements/install dev && requirements/browser/install required && tests/install_browser && exec $(BIN)/pytest --numprocesses=$(or $(WORKERS),auto) $(ARGS)

check: ## Check format, lint, types, the order of imports and the translations
	@requirements/install dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m ticketing.web.catalogues check

bench: ## Measure the hot paths beside their floors, and print the table
	@requirements/install dev && exec $(BIN)/ticketing bench

clean: ## Remove what these targets made, but no data
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist build bench.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Write the locks anew from pyproject.toml, with the newest versions that it allows: make lock UPGRADE=--upgrade
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --no-header $(UPGRADE) pyproject.toml

lock:
	@requirements/install dev && $(BIN)/pip install --quiet uv
	$(LOCK) --extra embedded --group build --group dev --output-file requirements/dev.lock
	$(LOCK) --extra embedded --group build --constraint requirements/dev.lock --output-file requirements/demo.lock
	$(LOCK) --constraint requirements/dev.lock --output-file requirements/runtime.lock
