# One line each. PY is the interpreter that makes the virtual environment; nothing else has to be installed.
PY ?= python3
BIN := .venv/bin

.PHONY: setup demo test check fmt lint types contracts grammar golden fuzz bench lock wheel

setup: $(BIN)/policy-engine
$(BIN)/policy-engine: requirements.lock pyproject.toml
	$(PY) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(BIN)/policy-engine

demo: setup
	$(BIN)/policy-engine demo
test: setup
	$(BIN)/python -m pytest
check: test lint types contracts
lint: setup
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
types: setup
	$(BIN)/mypy
contracts: setup
	$(BIN)/lint-imports --no-logo
fmt: setup
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .
grammar: setup
	PYTHONHASHSEED=0 $(BIN)/python -c "from policy_engine.syntax.tables import store; print(store(), end='')" > grammar/policy.tables.new && mv grammar/policy.tables.new grammar/policy.tables.json
golden: setup
	GOLDEN=1 $(BIN)/python -m pytest tests/test_corpus.py tests/test_docs_pages.py
fuzz: setup
	$(BIN)/python -m pytest tests/property --hypothesis-profile=fuzz
bench: setup
	$(BIN)/python -m benchmarks
wheel: setup
	$(BIN)/python -m build --no-isolation
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url -o requirements.lock
