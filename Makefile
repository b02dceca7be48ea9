# `make` lists the targets. Each that needs it makes .venv first and installs what is missing.
.DEFAULT_GOAL := help
.PHONY: help setup setup-test run demo server test test-all check fix bench screenshots screenshots-full goldens texts lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup:  ## install everything into .venv, start nothing
	@packaging/setup.sh run

setup-test:
	@packaging/setup.sh test
	@.venv/bin/python tests/helpers/privacyidea.py

run: setup  ## start Watchword
	@.venv/bin/watchword $(ARGS)

demo: setup  ## a server with a demo user on loopback, and the app, ready to enrol
	@.venv/bin/python packaging/demo.py $(ARGS)

server: setup  ## start watchword-server on 127.0.0.1
	@.venv/bin/watchword-server $(ARGS)

test: setup-test  ## the tests (ARGS="-k word" for some of them)
	@.venv/bin/python tests/run.py $(ARGS)

test-all: setup-test  ## the long tests, part by part; goes on where it stopped (ARGS=kills, ...)
	@.venv/bin/python tests/run_all.py $(ARGS)

check: setup  ## format, lint, types, import contracts, the product's words
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy
	@for other in win32 darwin; do \
		.venv/bin/mypy --platform $$other --no-warn-unreachable --cache-dir .mypy_cache/$$other app/watchword/system || exit 1; \
	done
	@.venv/bin/lint-imports
	@.venv/bin/python packaging/check_words.py

fix: setup  ## format and mend what can be mended by machine
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: setup  ## benchmarks as ratios against a named peer (ARGS=otp, ...)
	@.venv/bin/python tests/benchmarks/run.py $(ARGS)

screenshots: setup-test  ## draw every place into docs/images
	@.venv/bin/python tests/helpers/screenshots.py $(ARGS)
	@.venv/bin/python tests/helpers/server_screenshots.py

goldens: setup-test  ## draw the gallery's pictures anew, which tests compare with
	@.venv/bin/python tests/helpers/gallery_pictures.py

screenshots-full: setup-test  ## every place, colour, size and language, into build/screenshots
	@.venv/bin/python tests/helpers/full_screenshots.py $(ARGS)

texts: setup  ## bring the translations of the app and the server up to date
	@.venv/bin/python packaging/texts.py

lock: setup  ## make requirements/*.txt anew from pyproject.toml
	@packaging/lock.sh

clean:  ## remove what the tools made (not .venv)
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage*
	find app tests -name __pycache__ -type d -prune -exec rm -rf {} +
