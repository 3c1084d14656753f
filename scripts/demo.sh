#!/usr/bin/env bash
# Set up the environment and run the main job on the bundled sample.
#
#   bash scripts/demo.sh [OUT]
#
# OUT is the run folder (default: out/sample in the project). An unfinished run is gone on with.
set -euo pipefail
here="$(pwd)"
cd "$(dirname "${BASH_SOURCE[0]}")/.."

overwrite=()
if [ $# -gt 0 ]; then
    case "$1" in
    /*) out="$1" ;;
    *) out="$here/$1" ;;
    esac
else
    out="out/sample"
    overwrite=(--overwrite) # a folder of our own: a run of an earlier version may go
fi

bash scripts/setup.sh
code=0
"${VENV:-.venv}/bin/align" run \
    corpora/sample \
    --parallel corpora/parallel/parallel.fr.txt corpora/parallel/parallel.en.txt \
    --out "$out" ${overwrite[@]+"${overwrite[@]}"} || code=$?
# 3 is a finished run with records in quarantine
if [ "$code" -ne 0 ] && [ "$code" -ne 3 ]; then
    exit "$code"
fi
echo "report: $out/report.html"
