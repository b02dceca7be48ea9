#!/bin/sh
# Locks the dependencies for every system and Python we support: versions and hashes, and no
# address of any package index (those belong to the machine, not to the project).
set -eu
cd "$(dirname "$0")/.."
command -v uv >/dev/null || { echo "uv is needed to lock: pip install uv" >&2; exit 1; }
compile() {
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-header --no-annotate pyproject.toml "$@"
}
compile --extra camera --extra scan --extra server --extra postgresql --extra places --extra dev --output-file requirements/all.txt
compile --extra camera --extra scan --output-file requirements/app.txt
compile --extra server --extra postgresql --extra places --output-file requirements/server.txt
# Servers that the tests start as processes of their own, in environments of their own.
lock_server() {
    printf '%s\n' "$1" gunicorn | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate - --output-file "$2"
}
lock_server privacyidea==3.14 requirements/privacyidea-3.14.txt
lock_server privacyidea==3.12.3 requirements/privacyidea-3.12.txt
