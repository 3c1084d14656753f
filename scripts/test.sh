#!/usr/bin/env bash
# Set up the environment with the development tools and check everything: imports, style, types, tests.
#
#   bash scripts/test.sh [PYTEST ARGUMENT...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash scripts/setup.sh --dev
tools="${VENV:-.venv}/bin"
"$tools/lint-imports"
"$tools/ruff" check .
"$tools/ruff" format --check .
"$tools/mypy" --strict
"$tools/python" -m pytest "$@"
