#!/bin/sh
# Makes .venv in the checkout, with everything the app, the server and the tests need.
#
#   setup.sh run|test   (which system packages to look for)
#
# Doing it twice costs nothing: a stamp in .venv names the requirements it was made from.
set -eu
cd "$(dirname "$0")/.."
what=${1:-run}
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Watchword needs Python 3.11 or newer; '$python' is not. Try: make PYTHON=python3.11 ..." >&2
    exit 1
fi
packaging/linux/system-packages.sh "$what"

stamp=.venv/made-from
now=$(cat requirements/all.txt pyproject.toml packaging/setup.sh | cksum)
if [ "$(cat $stamp 2>/dev/null)" = "$now" ]; then
    exit 0
fi
if ! [ -x .venv/bin/python ]; then
    if ! "$python" -m venv .venv; then
        rm -rf .venv
        echo "Python's venv module is missing or broken. On Debian: sudo apt-get install python3-venv" >&2
        exit 1
    fi
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/all.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

# Start-up: shiboken carries its Python sources in an archive inside the library and compiles
# them at every start. Unpacked and compiled once, the first window comes a fifth sooner.
.venv/bin/python - <<'PY'
import compileall, os, pathlib, subprocess, sys

subprocess.run(
    [sys.executable, "-c", "import PySide6.QtCore"], env={**os.environ, "SBK_EMBED": "0"}, check=True
)
import shiboken6

files = pathlib.Path(shiboken6.__file__).parent / "files.dir"
if files.is_dir():
    from py_compile import PycInvalidationMode

    compileall.compile_dir(str(files), quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
PY
echo "$now" >$stamp
