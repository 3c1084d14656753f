#!/usr/bin/env bash
# Make the virtual environment that the other scripts use, or bring it up to date. Does nothing when it is.
#
#   bash scripts/setup.sh [--dev]
#
# VENV names the environment (default: .venv in the project), PYTHON the interpreter it is made with.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

venv="${VENV:-.venv}"
wanted=(-e .)
kind=run
if [ "${1:-}" = "--dev" ]; then
    wanted+=(--group dev)
    kind=dev
fi

recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if [ ! -x "$venv/bin/python" ]; then
    python=""
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if recent "$candidate"; then
            python="$candidate"
            break
        fi
    done
    if [ -z "$python" ]; then
        echo "setup: no Python 3.11 or later as ${PYTHON:-python3}; install one, or name it: PYTHON=/path/to/python3.11" >&2
        exit 1
    fi
    "$python" -m venv "$venv"
elif ! recent "$venv/bin/python"; then
    echo "setup: $venv holds a Python older than 3.11; remove that folder and start again" >&2
    exit 1
fi

# What was installed is known by the requirements it was installed for.
stamp="$venv/.installed-$kind"
state="$("$venv/bin/python" -c 'import hashlib, pathlib; print(hashlib.sha256(pathlib.Path("pyproject.toml").read_bytes()).hexdigest(), pathlib.Path.cwd())')"
if [ "$(cat "$stamp" 2>/dev/null || true)" = "$state" ]; then
    exit 0
fi
"$venv/bin/python" -m pip install --quiet --upgrade pip # `--group` needs pip 25.1
# torch goes first and with its version, so that a machine with the CPU wheel at hand takes that, and not a later build
# that brings the packages for a GPU along.
"$venv/bin/python" -m pip install --quiet "torch==2.13.0"
"$venv/bin/python" -m pip install --quiet "${wanted[@]}"
echo "$state" >"$venv/.installed-run" # the development tools come on top of what a run needs
echo "$state" >"$stamp"
