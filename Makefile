# Two commands do everything on a fresh machine: `make crawl` and `make test`.
# What they install stays in this folder: .cache/uv (the installer) and .venv (the packages of uv.lock).
# After that they need no network.

UV_VERSION := 0.13.9
REPLAYWEBPAGE_VERSION := 2.5.3
PYTHON ?= python3
UV := $(or $(shell command -v uv 2>/dev/null),.cache/uv/bin/uv)
SCRAPY := .venv/bin/scrapy
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := 1

.DEFAULT_GOAL := help
.PHONY: help crawl test soak setup peers lint quality ablation clean

help: ## Show this help
	@echo 'newskeep: archive the news'
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

crawl: setup ## Set up, then crawl the demonstration newspaper into ./archive
	@$(SCRAPY) demo

test: setup peers ## Set up, then run the tests
	@.venv/bin/python -m pytest

soak: setup ## Kill crawls and their store by the hundred, and compare what is left
	@.venv/bin/python -m tests.soak

setup: ## Install everything into .venv; done at need by the others
	@if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then rm -rf .venv; fi
	@$(MAKE) --no-print-directory .venv/.ready

.venv/.ready: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'newskeep needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3' >&2; exit 1; }
	@command -v $(UV) >/dev/null || $(MAKE) --no-print-directory .cache/uv/bin/uv
	@echo 'Setting up .venv ...'
	@$(UV) sync --quiet --locked --all-extras --python $(PYTHON)
	@touch $@

# The installer gets an environment of its own, so that the system's Python stays as it is.
.cache/uv/bin/uv:
	@echo 'Installing uv into .cache/uv ...'
	@$(PYTHON) -m venv .cache/uv >/dev/null 2>&1 || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get -qq update && apt-get -qq install -y python3-venv >/dev/null && $(PYTHON) -m venv .cache/uv; \
		else \
			rm -rf .cache/uv; echo 'Python lacks its venv module; install it (Debian: apt install python3-venv), then run make again' >&2; exit 1; \
		fi; }
	@.cache/uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# What others make for web archives, for tests/test_peers.py; what cannot be had here is skipped there, with the reason.
peers: setup
	@$(MAKE) --no-print-directory .cache/peers/.ready .cache/replaywebpage/.ready

.cache/peers/.ready: tests/peers/pyproject.toml tests/peers/uv.lock
	@echo 'Setting up .cache/peers ...'
	@UV_PROJECT_ENVIRONMENT=$(CURDIR)/.cache/peers $(UV) sync --quiet --locked --project tests/peers --python $(PYTHON) \
		&& touch $@ || echo 'The peers do not install here; their tests are skipped' >&2

.cache/replaywebpage/.ready: tests/peers/replaywebpage.sha512
	@if command -v npm >/dev/null; then \
		echo 'Fetching ReplayWeb.page ...'; mkdir -p $(@D) && cd $(@D) && \
		npm pack --silent replaywebpage@$(REPLAYWEBPAGE_VERSION) >/dev/null && \
		sha512sum --quiet --check $(CURDIR)/$< && tar -xzf replaywebpage-$(REPLAYWEBPAGE_VERSION).tgz && touch .ready || \
		echo 'ReplayWeb.page cannot be fetched here; its test is skipped' >&2; \
	else echo 'npm is missing; the test with ReplayWeb.page is skipped' >&2; fi
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo 'Installing chromium ...'; apt-get -qq update && apt-get -qq install -y chromium >/dev/null; \
		else false; fi; } || echo 'chromium is missing (Debian: apt install chromium); the test with ReplayWeb.page is skipped' >&2

lint: setup ## Check style, types and layers
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

quality: setup ## Judge a crawl, the extraction and its speed against the corpora beside the project, and hold the floors
	@.venv/bin/python .ci/quality

ablation: setup ## Measure what each mechanism of the extraction is worth, for docs/extraction.md
	@.venv/bin/python .ci/quality ablation

clean: ## Remove what setup made; archives, catalogs and spools stay
	@rm -rf .venv .cache build
